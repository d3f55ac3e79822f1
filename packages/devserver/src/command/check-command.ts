import { checkApplication, type ProbeResult } from '../check/check-application.ts'
import type { LoadSettings } from '../reload/messages.ts'
import { escapeControls, type Palette, paletteFor } from '../terminal/terminal.ts'
import type { Invocation } from './commands.ts'
import type { Guarded } from './guarded.ts'
import { loadGuarded } from './load-guarded.ts'
import { readTarget } from './load-settings.ts'
import { noticeExit } from './notice-exit.ts'
import { output, print } from './output.ts'

/** So long may nothing be heard of an application that is asked, in milliseconds: its process is blocked, and so is each answer. */
export const BLOCKED_LIMIT_MS = 10_000
/** How often the process of an application that is not blocked says so, in milliseconds. */
const SIGN_INTERVAL_MS = 1_000

/**
 * `stapel check <module>`: asks an application what clients ask, with the validator between its layers, and prints what breaks the protocol. The
 * exit code is 1 when anything does. The application is in a process of its own, which may be blocked or end: then that is what is found, and the rest is not asked.
 */
export async function runCheck(invocation: Invocation): Promise<number> {
  const load = readTarget(invocation, 'Name the application to check, as in: stapel check app.ts:app', {
    search: true,
  })
  const { guarded } = invocation
  return guarded === undefined ? reportCheck(invocation, load.text) : check(load, guarded)
}

/** In the process of the application. */
async function check(load: LoadSettings, { tell }: Guarded): Promise<number> {
  const app = await noticeExit(load.text, 1, () => loadGuarded(load))
  const sign = (): void => void tell({ stapel: 'within', ms: BLOCKED_LIMIT_MS })
  sign()
  const signs = setInterval(sign, SIGN_INTERVAL_MS)
  let told: Promise<void> | undefined
  await checkApplication(app, {
    begun: (name) => void tell({ stapel: 'probing', name }),
    done: (result) => {
      told = tell({ stapel: 'probed', result })
    },
  })
  clearInterval(signs)
  await told
  return 0
}

/** In this one, which prints what is found as it comes: an application that hangs shows where. */
async function reportCheck({ args, settings: { json } }: Invocation, target: string): Promise<number> {
  const describe = createDescription(paletteFor(process.stdout, process.env))
  const probes: ProbeResult[] = []
  let probing: string | undefined
  const add = (probe: ProbeResult): void => {
    probing = undefined
    probes.push(probe)
    if (!json) output.out(describe(probe))
  }
  const { guardCommand } = await import('./guard.ts')
  const code = await guardCommand(args, {
    target,
    heard: (message) => {
      if (message.stapel === 'probing') probing = message.name
      else add(message.result)
    },
    late: () => {
      if (probing !== undefined) add(endedBy(probing, BLOCKED))
      return 1
    },
    ended: (how) => {
      if (probing !== undefined)
        add(endedBy(probing, `The process of the application ${how}: the rest is not asked.`))
    },
  })
  // It could not be loaded, which was said.
  if (probes.length === 0) return code
  const count = probes.filter(isBroken).length
  await print(
    json
      ? `${JSON.stringify({ target, broken: count, probes }, undefined, 2)}\n`
      : `\n${summary(probes, count)}\n`,
  )
  return count === 0 ? code : 1
}

const BLOCKED = `The application blocks its process: nothing was heard of it for ${BLOCKED_LIMIT_MS / 1000} s, as with a loop that never ends. The rest is not asked.`

/** What one request does to the others is clause 5. */
function endedBy(name: string, message: string): ProbeResult {
  return { name, findings: [{ kind: 'protocol', clause: '5', message }] }
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
