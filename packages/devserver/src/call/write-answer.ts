import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { escapeControls } from '../terminal/terminal.ts'
import type { CallAnswer } from './call-answer.ts'
import type { CallRequest } from './call-request.ts'
import type { CallSettings } from './call-settings.ts'

/** The exit code with `--fail` for a status of 400 and above, as curl's. */
export const REFUSED_CODE = 22
/** The exit code for an answer that broke off, as curl's. */
export const BROKEN_CODE = 18
/** The exit code where the output cannot be written, as curl's. */
export const WRITE_CODE = 23

/** Asks, and writes the answer as the settings say; `say` gets what is for standard error. Gives the exit code. */
export async function writeAnswer(
  call: CallRequest,
  ask: () => Promise<CallAnswer>,
  settings: CallSettings,
  say: (text: string) => void,
): Promise<number> {
  const { include, head, fail, verbose } = settings
  if (verbose) {
    const { method, url, headers } = call
    say(lines('> ', [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...headers.map(toLine)]))
  }
  const answer = await ask()
  const status = `${answer.status} ${answer.reason}`.trimEnd()
  const start = [`HTTP/1.1 ${status}`, ...fieldsOf(answer)]
  if (verbose) say(lines('< ', start))
  if (fail && answer.status >= 400) {
    answer.destroy()
    say(`stapel: The answer is ${escapeControls(status)}.\n`)
    return REFUSED_CODE
  }
  const shown = include || head ? `${start.map(escapeControls).join('\r\n')}\r\n\r\n` : ''
  return writeOut(answer, shown, settings, say)
}

async function writeOut(
  answer: CallAnswer,
  head: string,
  settings: CallSettings,
  say: (text: string) => void,
): Promise<number> {
  const file = settings.output === undefined || settings.output === '-' ? undefined : settings.output
  const out = file === undefined ? process.stdout : createWriteStream(file)
  // Said where it is written; an error that comes after that has nobody to hear it.
  out.on('error', () => {})
  const toTerminal = settings.output === undefined && process.stdout.isTTY === true
  let reading = true
  try {
    if (head !== '') await write(out, head)
    for await (const chunk of answer.body) {
      reading = false
      if (toTerminal && isBinary(chunk)) {
        answer.destroy()
        say(
          'stapel: The answer is binary, which can garble the terminal; write it to a file with -o, or all the same with -o -.\n',
        )
        return WRITE_CODE
      }
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
      reading
        ? 'stapel: The answer broke off.\n'
        : `stapel: The answer cannot be written: ${escapeControls(message)}\n`,
    )
    return reading ? BROKEN_CODE : WRITE_CODE
  }
}

/** Whether bytes are no text, which has no NUL; so curl tells them apart. */
export function isBinary(chunk: Uint8Array): boolean {
  return chunk.includes(0)
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

/** Those of the connection are left out, since there is none. */
function fieldsOf({ rawHeaders }: CallAnswer): string[] {
  const fields: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (!connectionFields.has(name.toLowerCase())) fields.push(toLine([name, rawHeaders[i + 1] as string]))
  }
  return fields
}

const connectionFields: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

function toLine([name, value]: readonly [name: string, value: string]): string {
  return `${name}: ${value}`
}

function lines(mark: string, all: readonly string[]): string {
  return `${[...all, ''].map((line) => (mark + escapeControls(line)).trimEnd()).join('\n')}\n`
}
