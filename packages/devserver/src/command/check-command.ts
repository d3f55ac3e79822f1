import { checkApplication, type ProbeResult } from '../check/check-application.ts'
import { formatFailure } from '../failure/failure-text.ts'
import { loadDirectly } from '../load/load-directly.ts'
import { escapeControls, type Palette, paletteFor } from '../terminal/terminal.ts'
import type { Invocation } from './commands.ts'
import { readTarget } from './load-settings.ts'
import { noticeExit } from './notice-exit.ts'
import { output, print } from './output.ts'

/**
 * `stapel check <module>`: asks an application what clients ask, with the validator between its layers, and prints what breaks the protocol. The
 * exit code is 1 when anything does.
 */
export async function runCheck(invocation: Invocation): Promise<number> {
  const load = readTarget(invocation, 'Name the application to check, as in: stapel check app.ts:app', {
    search: true,
  })
  return noticeExit(load.text, 1, async () => {
    const app = await loadDirectly(load, (failure) => {
      process.stderr.write(formatFailure(failure, paletteFor(process.stderr, process.env)))
    })
    const { json } = invocation.settings
    const describe = createDescription(paletteFor(process.stdout, process.env))
    // One after the other as they come: an application that hangs shows where.
    const probes = await checkApplication(app, json ? undefined : (probe) => output.out(describe(probe)))
    const broken = probes.filter(isBroken).length
    await print(
      json
        ? `${JSON.stringify({ target: load.text, broken, probes }, undefined, 2)}\n`
        : `\n${summary(probes, broken)}\n`,
    )
    return broken === 0 ? 0 : 1
  })
}

function isBroken({ findings }: ProbeResult): boolean {
  return findings.some(({ kind }) => kind !== 'threw')
}

/** Describes the probes one after the other; what was found before is not told again whole. */
function createDescription(palette: Palette): (probe: ProbeResult) => string {
  const first = new Map<string, string>()
  return (probe) => {
    const name = escapeControls(shorten(probe.name))
    const mark = isBroken(probe) ? palette.red('broken') : markOf(probe, palette)
    const status = probe.status === undefined ? '' : ` ${palette.dim(String(probe.status))}`
    const lines = probe.findings.map(({ message }) => {
      const known = first.get(message)
      if (known !== undefined) return palette.dim(`as for ${known}`)
      first.set(message, name)
      return escapeControls(message)
    })
    return [`${mark}  ${name}${status}`, ...[...new Set(lines)].map((line) => `        ${line}`)].join('\n')
  }
}

function summary(probes: readonly ProbeResult[], broken: number): string {
  const threw = probes.filter(({ findings }) => findings.some(({ kind }) => kind === 'threw')).length
  const found = broken === 0 ? 'nothing breaks the protocol' : `${broken} broke the protocol`
  return `${probes.length} probes: ${found}${threw === 0 ? '' : `; the application threw in ${threw}`}.`
}

function markOf({ findings }: ProbeResult, palette: Palette): string {
  return findings.length === 0 ? palette.green('fine  ') : palette.yellow('threw ')
}

/** The longest name of a probe that is printed whole. */
const NAME_LIMIT = 100

function shorten(name: string): string {
  return name.length <= NAME_LIMIT ? name : `${name.slice(0, NAME_LIMIT)}…`
}
