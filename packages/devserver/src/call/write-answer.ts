import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { escapeControls } from '../terminal/terminal.ts'
import { type CallAnswer, fieldOf } from './call-answer.ts'
import type { CallSettings } from './call-settings.ts'
import { DecodeError, decodeBody } from './decode-body.ts'

/** The exit code with `--fail` for a status of 400 and above, as curl's. */
export const REFUSED_CODE = 22
/** The exit code for an answer that broke off, as curl's. */
export const BROKEN_CODE = 18
/** The exit code where the output cannot be written, as curl's. */
export const WRITE_CODE = 23
/** The exit code for content codings that cannot be undone, as curl's. */
export const CODING_CODE = 61

/** What came of writing an answer. */
export interface Written {
  readonly code: number
  /** How many bytes of the body came. */
  readonly size: number
}

/** Writes an answer as the settings say, behind the heads that are to be printed; `say` gets what is for standard error. */
export async function writeAnswer(
  answer: CallAnswer,
  heads: string,
  settings: CallSettings,
  say: (text: string) => void,
): Promise<Written> {
  const refused = answer.status >= 400
  if (refused && settings.fail && !settings.failWithBody) {
    answer.destroy()
    say(`stapel: The answer is ${escapeControls(statusOf(answer))}.\n`)
    return { code: REFUSED_CODE, size: 0 }
  }
  const counted = new CountedBody(answer.body)
  const encoding = settings.compressed ? fieldOf(answer, 'Content-Encoding') : undefined
  const body = encoding === undefined ? counted : decodeBody(counted, encoding)
  const code = await writeOut({ ...answer, body }, heads, settings, say)
  return { code: code === 0 && refused && settings.failWithBody ? REFUSED_CODE : code, size: counted.size }
}

class CountedBody implements AsyncIterable<Uint8Array> {
  readonly #body: AsyncIterable<Uint8Array>
  size = 0

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#body = body
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#body) {
      this.size += chunk.byteLength
      yield chunk
    }
  }
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
    if (error instanceof DecodeError) {
      answer.destroy()
      say(`stapel: ${escapeControls(message)}\n`)
      return CODING_CODE
    }
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

/** Status and fields, a line each; those of the connection are left out, since there is none. */
export function headOf(answer: CallAnswer): string[] {
  const lines = [`HTTP/1.1 ${statusOf(answer)}`]
  const { rawHeaders } = answer
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (!connectionFields.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[i + 1]}`)
  }
  return lines
}

function statusOf({ status, reason }: CallAnswer): string {
  return `${status} ${reason}`.trimEnd()
}

const connectionFields: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])
