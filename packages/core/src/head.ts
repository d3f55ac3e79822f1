/**
 * Checks what an application hands to startResponse (clause 3.4), so that a violation throws at the call site.
 *
 * The threat: line breaks in a status or a header write into the answer what they like, and framing headers set by an application
 * (`Transfer-Encoding`) desynchronise the connection. Both are refused here, before anything is stored. What a well-formed value
 * says is not checked.
 *
 * @module
 */
import { describe } from './body.ts'
import { parseContentLength } from './http/content-length.ts'
import { hopByHopHeaders, isFieldValue, isToken } from './http/field.ts'
import type { HeaderList, Status } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'

/** A status taken apart. */
export interface StatusParts {
  /** From 200 to 999. */
  readonly code: number
  /** May be empty. */
  readonly reason: string
}

/** The code and the reason of a status; throws a {@link ProtocolError} (3.4) for anything that is not one. */
export function parseStatus(status: Status): StatusParts {
  return statuses.get(status) ?? learnStatus(status)
}

/** Throws a {@link ProtocolError} (3.4) that shows the first name or value that may not be sent. */
export function checkHeaders(headers: HeaderList): void {
  flattenHeaders(headers)
}

/** As {@link checkHeaders}, and gives a copy as Node takes it: names and values in one flat list. */
export function flattenHeaders(headers: HeaderList): string[] {
  if (!Array.isArray(headers)) throw notAList(headers)
  const flat: string[] = []
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i] as [string, string]
    if (!Array.isArray(header) || header.length !== 2) throw notAPair(header)
    const name = header[0]
    const value = header[1]
    const known = names.get(name) ?? learnName(name)
    // Most headers say the same in every answer, and to compare costs a tenth of a check.
    if (value !== known.value) checkValue(name, value, known)
    flat.push(name, value)
  }
  return flat
}

/** The number of the first `Content-Length`; -1 when there is none or it is no number. */
export function contentLengthOf(flat: readonly string[]): number {
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      return parseContentLength(flat[i + 1] as string) ?? -1
    }
  }
  return -1
}

// Names and statuses come from a program, so a few hundred are all there ever are; the bound keeps a program that makes them
// from input from growing the caches without end.
const CACHE_LIMIT = 1024
/** The longest value that is remembered, in characters. */
const VALUE_LIMIT = 256
const names = new Map<string, KnownName>()
const statuses = new Map<string, StatusParts>()
const statusPattern = /^[2-9][0-9]{2} [\t\x20-\x7e\x80-\xff]*$/

/** A header name that was checked, with the last of its values that was. */
interface KnownName {
  value: string
}

function learnName(name: string): KnownName {
  if (typeof name !== 'string' || !isToken(name)) {
    throw new ProtocolError(
      '3.4',
      `Got the header name ${show(name)}; expected a token (RFC 9110 section 5.6.2).`,
    )
  }
  if (hopByHopHeaders.has(name.toLowerCase())) {
    throw new ProtocolError(
      '3.4',
      `Got the header ${name}, which belongs to the connection; the gateway alone sets it. Leave it out.`,
    )
  }
  const known: KnownName = { value: '' }
  if (names.size < CACHE_LIMIT) names.set(name, known)
  return known
}

function checkValue(name: string, value: string, known: KnownName): void {
  if (typeof value !== 'string' || !isFieldValue(value)) throw badValue(name, value)
  if (value.length <= VALUE_LIMIT) known.value = value
}

function learnStatus(status: Status): StatusParts {
  if (typeof status !== 'string' || !statusPattern.test(status)) {
    throw new ProtocolError(
      '3.4',
      `Got the status ${show(status)}; expected three digits from 200 to 999, a space and a reason, as in '200 OK'.`,
    )
  }
  const parts = { code: Number(status.slice(0, 3)), reason: status.slice(4) }
  if (statuses.size < CACHE_LIMIT) statuses.set(status, parts)
  return parts
}

function badValue(name: string, value: unknown): ProtocolError {
  return new ProtocolError(
    '3.4',
    `Got the value ${show(value)} for the header ${name}; expected a string of HTAB, 0x20-0x7E and 0x80-0xFF. ` +
      'Text beyond latin-1 needs an encoding of its own (RFC 8187).',
  )
}

function notAPair(header: unknown): ProtocolError {
  return new ProtocolError('3.4', `Got the header ${show(header)}; expected a pair of name and value.`)
}

function notAList(headers: unknown): ProtocolError {
  return new ProtocolError(
    '3.4',
    `Got ${show(headers)} for the headers; expected a list of [name, value] pairs.`,
  )
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : describe(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
