import { traced } from '@stapel/core'
import { askApplication, NO_ANSWER_CODE } from '../call/ask-application.ts'
import type { CallAnswer } from '../call/call-answer.ts'
import { type CallRequest, createCall, parseCall } from '../call/call-request.ts'
import { exchange } from '../call/exchange.ts'
import { BROKEN_CODE } from '../call/write-answer.ts'
import { describeFailure } from '../failure/describe-failure.ts'
import type { Failure } from '../failure/failure.ts'
import { formatFailure } from '../failure/failure-text.ts'
import { loadDirectly } from '../load/load-directly.ts'
import { paletteFor } from '../terminal/terminal.ts'
import { CommandError } from './command-error.ts'
import type { Invocation } from './commands.ts'
import { findModule, resolveTarget } from './load-settings.ts'
import { noticeExit } from './notice-exit.ts'
import { untilIdle } from './until-idle.ts'

/** The exit code when the time of `--max-time` is over, as curl's. */
const LATE_CODE = 28

/**
 * `stapel call [module] [METHOD] /path`: asks an application once, in this process and without a server, and prints the answer. The exit codes are those of
 * curl. With a limit of time it is a process of its own, which can be ended.
 */
export async function runCall({ args, positionals, settings, guarded }: Invocation): Promise<number> {
  const target = parseCall(positionals)
  const load = resolveTarget(target.app ?? settings.app ?? findModule() ?? unnamed(), settings)
  const say =
    settings.silent && !settings.showError ? () => {} : (text: string) => void process.stderr.write(text)
  const { maxTime = 0 } = settings
  if (maxTime > 0 && guarded === undefined) {
    const { guardCommand } = await import('./guard.ts')
    const late = (): number => {
      say(`stapel: There was no whole answer after ${maxTime} s, the time of --max-time.\n`)
      return LATE_CODE
    }
    return guardCommand(args, { target: load.text, late })
  }
  const request = await createCall(target, settings, process.stdin)
  const show = (failure: Failure): void =>
    say(formatFailure(failure, paletteFor(process.stderr, process.env)))
  return noticeExit(load.text, NO_ANSWER_CODE, async () => {
    const app = traced(await loadDirectly(load, show), {
      failed: (error) => {
        show(describeFailure(error))
        return true
      },
    })
    await guarded?.tell({ stapel: 'within', ms: maxTime * 1000 })
    let begun = false
    const ask = async (call: CallRequest): Promise<CallAnswer> => {
      begun = false
      const answer = await askApplication(app, call, { write: say, flush: () => {} })
      begun = true
      return answer
    }
    const stuck = (): CommandError =>
      new CommandError(
        `The application ${begun ? 'never ends its answer' : 'never answers'}: it awaits what nothing will settle.`,
        begun ? BROKEN_CODE : NO_ANSWER_CODE,
      )
    return untilIdle(exchange(request, ask, settings, say), stuck)
  })
}

function unnamed(): never {
  throw new CommandError(
    'There is no app.ts, app.js or src/app.ts here; name the application, as in: stapel call server.js GET /',
    2,
  )
}
