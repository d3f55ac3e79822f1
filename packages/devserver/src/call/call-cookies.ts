import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { CommandError } from '../command/command-error.ts'
import { output } from '../command/output.ts'
import { type CallAnswer, valuesOf } from './call-answer.ts'
import type { CallRequest } from './call-request.ts'
import type { CallSettings } from './call-settings.ts'
import { CookieJar } from './cookie-jar.ts'
import { seenUrl } from './redirect.ts'

/** So many bytes a cookie file may have. */
export const COOKIE_FILE_LIMIT: number = 4 * 1024 * 1024

/** The cookies of one call, from its first request to its last answer. */
export interface CallCookies {
  /** The request with the cookies that are kept for it, besides those that it has. */
  sent(call: CallRequest): CallRequest
  received(call: CallRequest, answer: CallAnswer): void
  /** Writes the file that `-c` names. */
  end(): void
}

/**
 * Keeps cookies where `-b` names a file of them, or `-c` one to write; `undefined` where neither does. Throws a {@link CommandError} for a file that cannot be
 * read.
 */
export function callCookies({ cookie, cookieJar, header }: CallSettings): CallCookies | undefined {
  const files = cookie.filter((given) => !given.includes('='))
  if (files.length === 0 && cookieJar === undefined) return undefined
  const jar = new CookieJar()
  for (const file of files) if (file !== '') jar.read(readCookies(file, file === cookieJar))
  const isOwn = header.some((field) => /^cookie[:;]/i.test(field))
  return {
    sent(call) {
      const kept = isOwn ? undefined : jar.header(seenUrl(call))
      if (kept === undefined) return call
      const given = call.headers.find(([name]) => name === 'Cookie')?.[1]
      const value = given === undefined ? kept : `${given}; ${kept}`
      return { ...call, headers: [...call.headers.filter(([name]) => name !== 'Cookie'), ['Cookie', value]] }
    },
    received(call, answer) {
      for (const value of valuesOf(answer, 'Set-Cookie')) jar.receive(value, seenUrl(call))
    },
    end() {
      if (cookieJar === '-') output.out(String(jar).trimEnd())
      else if (cookieJar !== undefined) writeCookies(cookieJar, String(jar))
    },
  }
}

/** A file that is written at the end need not be there at the beginning. */
function readCookies(file: string, isWritten: boolean): string {
  try {
    if (statSync(file).size > COOKIE_FILE_LIMIT)
      throw new CommandError(`The cookie file ${file} has more than ${COOKIE_FILE_LIMIT} bytes.`, 1)
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    if (isWritten && (cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw new CommandError(
      `The cookie file ${file} cannot be read: ${(cause as Error).message}; a cookie is given as name=value.`,
      1,
      { cause },
    )
  }
}

/** For this user alone: who has a cookie of a session is its user. */
function writeCookies(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 })
  } catch (cause) {
    throw new CommandError(`The cookie file ${file} cannot be written: ${(cause as Error).message}`, 1, {
      cause,
    })
  }
}
