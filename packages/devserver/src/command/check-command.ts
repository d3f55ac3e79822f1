import { checkApplication, type ProbeResult } from '../check/check-application.ts'
import { formatFailure } from '../failure/failure-text.ts'
import { loadDirectly } from '../load/load-directly.ts'
import { escapeControls, type Palette, paletteFor } from '../terminal/terminal.ts'
import type { Invocation } from './commands.ts'
import { readTarget } from './load-settings.ts'
import { print } from './output.ts'

/**
 * `stapel check <module>`: asks an application what clients ask, with the validator between its layers, and prints what breaks the protocol. The
 * exit code is 1 when anything does.
 */
export async function runCheck(invocation: Invocation): Promise<number> {
  const load = readTarget(invocation, 'Name the application to check, as in: stapel check app.ts:app')
  const app = await loadDirectly(load, (failure) => {
    process.stderr.write(formatFailure(failure, paletteFor(process.stderr, process.env)))
  })
  const probes = await checkApplication(app)
  const broken = probes.filter(isBroken).length
  await print(
    invocation.settings.json
      ? `${JSON.stringify({ target: load.text, broken, probes }, undefined, 2)}\n`
      : report(probes, broken, paletteFor(process.stdout, process.env)),
  )
  return broken === 0 ? 0 : 1
}

function isBroken({ findings }: ProbeResult): boolean {
  return findings.some(({ kind }) => kind !== 'threw')
}

function report(probes: readonly ProbeResult[], broken: number, palette: Palette): string {
  const lines = probes.flatMap((probe) => {
    const mark = isBroken(probe) ? palette.red('broken') : markOf(probe, palette)
    return [
      `${mark}  ${escapeControls(shorten(probe.name))}${probe.status === undefined ? '' : ` ${palette.dim(String(probe.status))}`}`,
      ...probe.findings.map(({ message }) => `        ${escapeControls(message)}`),
    ]
  })
  const threw = probes.filter(({ findings }) => findings.some(({ kind }) => kind === 'threw')).length
  return `${[
    ...lines,
    '',
    `${probes.length} probes: ${broken === 0 ? 'nothing breaks the protocol' : `${broken} broke the protocol`}${threw === 0 ? '' : `; the application threw in ${threw}`}.`,
  ].join('\n')}\n`
}

function markOf({ findings }: ProbeResult, palette: Palette): string {
  return findings.length === 0 ? palette.green('fine  ') : palette.yellow('threw ')
}

/** The longest name of a probe that is printed whole. */
const NAME_LIMIT = 100

function shorten(name: string): string {
  return name.length <= NAME_LIMIT ? name : `${name.slice(0, NAME_LIMIT)}…`
}
