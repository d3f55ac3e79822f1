import { traced } from '@stapel/core'
import { askApplication, NO_ANSWER_CODE } from '../call/ask-application.ts'
import type { CallAnswer } from '../call/call-answer.ts'
import { createCall, parseCall } from '../call/call-request.ts'
import { BROKEN_CODE, writeAnswer } from '../call/write-answer.ts'
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

/**
 * `stapel call [module] [METHOD] /path`: asks an application once, in this process and without a server, and prints the answer. The exit code is
 * 22 for a refusal with `--fail`, and 18 for an answer that broke off, as with curl.
 */
export async function runCall({ positionals, settings }: Invocation): Promise<number> {
  const target = parseCall(positionals)
  const load = resolveTarget(target.app ?? settings.app ?? findModule() ?? unnamed(), settings)
  const request = await createCall(target, settings, process.stdin)
  const say = settings.silent ? () => {} : (text: string) => void process.stderr.write(text)
  const show = (failure: Failure): void =>
    say(formatFailure(failure, paletteFor(process.stderr, process.env)))
  return noticeExit(load.text, NO_ANSWER_CODE, async () => {
    const app = traced(await loadDirectly(load, show), {
      failed: (error) => {
        show(describeFailure(error))
        return true
      },
    })
    let begun = false
    const ask = async (): Promise<CallAnswer> => {
      const answer = await askApplication(app, request, { write: say, flush: () => {} })
      begun = true
      return answer
    }
    const stuck = (): CommandError =>
      new CommandError(
        `The application ${begun ? 'never ends its answer' : 'never answers'}: it awaits what nothing will settle.`,
        begun ? BROKEN_CODE : NO_ANSWER_CODE,
      )
    return untilIdle(writeAnswer(request, ask, settings, say), stuck)
  })
}

function unnamed(): never {
  throw new CommandError(
    'There is no app.ts, app.js or src/app.ts here; name the application, as in: stapel call server.js GET /',
    2,
  )
}
