import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { statusLine } from '@stapel/core/http'
import { escapeControls } from '../terminal/terminal.ts'
import type { CallSettings } from './call-settings.ts'

/** The exit code with `--fail` for a status of 400 and above, as curl's. */
export const REFUSED_CODE = 22
/** The exit code for an answer that broke off, as curl's. */
export const BROKEN_CODE = 18
/** The exit code where the output cannot be written, as curl's. */
export const WRITE_CODE = 23

/** Asks, and writes the answer as the settings say; `say` gets what is for standard error. Gives the exit code. */
export async function writeAnswer(
  request: Request,
  ask: () => Promise<Response>,
  settings: CallSettings,
  say: (text: string) => void,
): Promise<number> {
  const { include, head, fail, verbose } = settings
  if (verbose)
    say(lines('> ', [`${request.method} ${targetOf(request)} HTTP/1.1`, ...fields(request.headers)]))
  const answer = await ask()
  const status = statusOf(answer)
  const start = `HTTP/1.1 ${status}`
  if (verbose) say(lines('< ', [start, ...fields(answer.headers)]))
  if (fail && answer.status >= 400) {
    await answer.body?.cancel()
    say(`stapel: The answer is ${escapeControls(status)}.\n`)
    return REFUSED_CODE
  }
  const shown =
    include || head ? `${[start, ...fields(answer.headers)].map(escapeControls).join('\r\n')}\r\n\r\n` : ''
  return writeOut(answer, shown, settings, say)
}

async function writeOut(
  answer: Response,
  head: string,
  settings: CallSettings,
  say: (text: string) => void,
): Promise<number> {
  const file = settings.output === undefined || settings.output === '-' ? undefined : settings.output
  const out = file === undefined ? process.stdout : createWriteStream(file)
  // Said where it is written; an error that comes after that has nobody to hear it.
  out.on('error', () => {})
  let reading = true
  try {
    if (head !== '') await write(out, head)
    const chunks = answer.body?.values() ?? []
    for await (const chunk of chunks) {
      reading = false
      await write(out, chunk)
      reading = true
    }
    reading = false
    if (file !== undefined) await end(out)
    return 0
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // `stapel call / | head` has read enough.
    if (!reading && code === 'EPIPE') return 0
    say(
      `stapel: ${reading ? 'The answer broke off' : 'The answer cannot be written'}: ${escapeControls(message)}\n`,
    )
    return reading ? BROKEN_CODE : WRITE_CODE
  }
}

/** Writes, and waits until there is room for more. */
function write(out: Writable, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    out.once('error', reject)
    out.write(chunk, (error) => {
      out.off('error', reject)
      if (error) reject(error)
      else resolve()
    })
  })
}

function end(out: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    out.once('error', reject)
    out.end(resolve)
  })
}

/** The answers of some hosts have no reason phrase. */
function statusOf({ status, statusText }: Response): string {
  return statusText === '' ? statusLine(status).trimEnd() : `${status} ${statusText}`
}

function targetOf({ url }: Request): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

function fields(headers: Headers): string[] {
  return [...headers].map(([name, value]) => `${name}: ${value}`)
}

function lines(mark: string, all: readonly string[]): string {
  return `${[...all, ''].map((line) => (mark + escapeControls(line)).trimEnd()).join('\n')}\n`
}
