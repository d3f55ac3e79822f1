import { type Application, isHTTPError, outline, ProtocolError, traced, validate } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { Asker, NoAnswer } from './ask.ts'
import { type ProbeContext, probesFor } from './probes.ts'

/** What is wrong: the protocol or HTTP is broken, or the application threw, which is answered 500 and breaks neither. */
export interface Finding {
  readonly kind: 'protocol' | 'http' | 'threw'
  readonly message: string
  /** The clause of the protocol: `'3.4'`. */
  readonly clause?: string
  /** The layer that broke it. */
  readonly layer?: string
}

export interface ProbeResult {
  readonly name: string
  readonly status?: number
  readonly findings: readonly Finding[]
}

/** So many findings of one probe are kept. */
export const FINDING_LIMIT = 20
/** When so many probes in a row got no whole answer, the rest is not asked: each of them waits for seconds. */
export const SILENCE_LIMIT = 3

/** What is told while an application is checked, in its order. */
export interface CheckEvents {
  begun?(name: string): void
  done?(result: ProbeResult): void
}

/**
 * Asks an application what clients ask, over a socket of this machine and with a validator between each two of its layers, and gives what was
 * found, in the order of the probes.
 */
export async function checkApplication(
  app: Application,
  { begun = () => {}, done = () => {} }: CheckEvents = {},
): Promise<ProbeResult[]> {
  let findings: Finding[] = []
  const note = (finding: Finding): void => {
    const known = findings.some(({ message }) => message === finding.message)
    if (!known && findings.length < FINDING_LIMIT) findings.push(finding)
  }
  const uncaught = (error: unknown): void =>
    note({ kind: 'protocol', clause: '5', message: `Nobody caught ${textOf(error)}` })
  process.on('uncaughtException', uncaught)
  const checked = traced(validate(app, { gateway: true }), {
    failed: (error) => {
      // A refusal is an answer; who has left does not get it, and it is logged.
      if (!isHTTPError(error) || error.status >= 500) note(findingOf(error))
      return true
    },
  })
  const running = await serve(checked, {
    host: '127.0.0.1',
    port: 0,
    errors: { write: (text) => note(logged(text)), flush: () => {} },
  })
  const asker = new Asker(running.port)
  const context: ProbeContext = {
    port: running.port,
    asker,
    home: undefined,
    wrong: (message) => note({ kind: 'http', message }),
  }
  const results: ProbeResult[] = []
  let silent = 0
  try {
    for (const { name, run } of probesFor(outline(app).root)) {
      begun(name)
      findings = []
      let answered = true
      const status = await run(context).catch((error: unknown) => {
        answered = !(error instanceof NoAnswer)
        note({ kind: 'http', message: error instanceof NoAnswer ? error.message : textOf(error) })
        return undefined
      })
      silent = answered ? 0 : silent + 1
      if (silent === SILENCE_LIMIT)
        note({
          kind: 'http',
          message: `${SILENCE_LIMIT} probes in a row got no whole answer: the rest is not asked.`,
        })
      // What is thrown after the answer, and what a body throws when it is closed.
      await new Promise((resolve) => setImmediate(resolve))
      const result: ProbeResult = { name, ...(status === undefined ? {} : { status }), findings }
      results.push(result)
      done(result)
      if (silent === SILENCE_LIMIT) break
    }
  } finally {
    asker.close()
    await running.close({ timeout: 0 })
    process.off('uncaughtException', uncaught)
  }
  return results
}

function findingOf(error: unknown): Finding {
  if (error instanceof ProtocolError) {
    const { clause, layer, message } = error
    return { kind: 'protocol', clause, message, ...(layer === undefined ? {} : { layer }) }
  }
  return { kind: 'threw', message: textOf(error) }
}

/** What was logged and not thrown; the gateway names clauses there, too. */
function logged(text: string): Finding {
  const [line = ''] = text.split('\n')
  const clause = /\((?:protocol|clause) ([0-9.]+)\)/.exec(line)?.[1]
  return clause === undefined ? { kind: 'threw', message: line } : { kind: 'protocol', clause, message: line }
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
