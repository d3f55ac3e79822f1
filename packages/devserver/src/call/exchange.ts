import { print } from '../command/output.ts'
import { escapeControls } from '../terminal/terminal.ts'
import { type CallAnswer, fieldOf } from './call-answer.ts'
import { callCookies } from './call-cookies.ts'
import type { CallRequest } from './call-request.ts'
import type { CallSettings } from './call-settings.ts'
import { redirectOf } from './redirect.ts'
import { headOf, writeAnswer } from './write-answer.ts'
import { formatFacts } from './write-out.ts'

/** The exit code after more redirects than may be followed, as curl's. */
export const REDIRECTS_CODE = 47

/**
 * Asks, and once more where the answer leads to another place of the application and that is to be followed, and writes the last answer; `say` gets what is
 * for standard error. Gives the exit code.
 */
export async function exchange(
  first: CallRequest,
  ask: (call: CallRequest) => Promise<CallAnswer>,
  settings: CallSettings,
  say: (text: string) => void,
): Promise<number> {
  const cookies = callCookies(settings)
  try {
    return await follow(
      first,
      async (call) => {
        const sent = cookies?.sent(call) ?? call
        const answer = await askAloud(sent, ask, settings, say)
        cookies?.received(sent, answer)
        return answer
      },
      settings,
      say,
    )
  } finally {
    cookies?.end()
  }
}

async function follow(
  first: CallRequest,
  ask: (call: CallRequest) => Promise<CallAnswer>,
  settings: CallSettings,
  say: (text: string) => void,
): Promise<number> {
  const start = performance.now()
  const keepMethod = settings.request !== undefined
  let heads = ''
  let call = first
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(call)
    if (settings.include || settings.head)
      heads += `${headOf(answer).map(escapeControls).join('\r\n')}\r\n\r\n`
    const redirect = redirectOf(call, answer, keepMethod)
    if (settings.location && redirect !== undefined) {
      if ('next' in redirect) {
        answer.destroy()
        if (redirects < settings.maxRedirs) {
          call = redirect.next
          continue
        }
        say(
          `stapel: Got more than ${settings.maxRedirs} redirects, the last one to ${redirect.next.url.href}\n`,
        )
        return REDIRECTS_CODE
      }
      say(`stapel: ${escapeControls(redirect.elsewhere)} is not of this application, and is not asked.\n`)
    }
    const { code, size } = await writeAnswer(answer, heads, settings, say)
    if (settings.writeOut !== undefined) {
      const facts = {
        method: call.method,
        url: call.url,
        status: answer.status,
        contentType: fieldOf(answer, 'Content-Type'),
        size,
        redirects,
        redirectUrl: redirect && ('next' in redirect ? redirect.next.url.href : redirect.elsewhere),
        ms: performance.now() - start,
      }
      await print(formatFacts(settings.writeOut, facts))
    }
    return code
  }
}

/** Asks; with `-v` request and answer are said. */
async function askAloud(
  call: CallRequest,
  ask: (call: CallRequest) => Promise<CallAnswer>,
  { verbose }: CallSettings,
  say: (text: string) => void,
): Promise<CallAnswer> {
  if (!verbose) return ask(call)
  const { method, url, headers } = call
  const fields = headers.map(([name, value]) => `${name}: ${value}`)
  say(lines('> ', [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...fields]))
  const answer = await ask(call)
  say(lines('< ', headOf(answer)))
  return answer
}

function lines(mark: string, all: readonly string[]): string {
  return `${[...all, ''].map((line) => (mark + escapeControls(line)).trimEnd()).join('\n')}\n`
}
