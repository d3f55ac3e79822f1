import { concat, toBytes } from '../body.ts'
import type { StatusParts } from '../head.ts'
import type { Chunk } from '../protocol.ts'
import { textBody } from './fetch-text.ts'

/** What the body of a Response can be made of; `null` for none. */
export type Content = Chunk | ReadableStream<Uint8Array> | null

/** A Response with exactly these headers, names and values in one list; the host gives the status 200 its reason. */
export function createResponse(
  { code, reason }: StatusParts,
  flat: readonly string[],
  body: Content,
): Response {
  const response =
    code === 200 && reason === 'OK'
      ? new Response(body as BodyInit | null)
      : new Response(body as BodyInit | null, { status: code, statusText: reason })
  setFields(response.headers, flat)
  return response
}

/** What is sent, as a Response takes it best. It would make up a type for a string, so one without a type is given as its bytes. */
export function contentOf(content: Content, flat: readonly string[]): Content {
  if (typeof content !== 'string') return content
  const body = textBody(content)
  return typeof body === 'string' && !hasField(flat, 'content-type') ? toBytes(body) : body
}

/** Several chunks as one. */
export function joined(list: readonly Chunk[]): Chunk {
  if (list.length === 1) return list[0] as Chunk
  if (list.every((chunk) => typeof chunk === 'string')) return list.join('')
  return concat(list.map(toBytes))
}

/** The number of bytes of a chunk. */
export function byteLengthOf(chunk: Chunk): number {
  return typeof chunk !== 'string' || isAscii(chunk) ? chunk.length : toBytes(chunk).length
}

/** Takes every header of a name, in lower case, out of the list. */
export function removeField(flat: string[], name: string): void {
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    if ((flat[i] as string).toLowerCase() === name) flat.splice(i, 2)
  }
}

function isAscii(text: string): boolean {
  return !beyondAscii.test(text)
}

const beyondAscii = /[^\0-\x7f]/

function hasField(flat: readonly string[], name: string): boolean {
  for (let i = 0; i < flat.length; i += 2) {
    const field = flat[i] as string
    if (field.length === name.length && field.toLowerCase() === name) return true
  }
  return false
}

/** Several times cheaper on Node than to hand the list to the Response. The type that a Response gives a string is replaced. */
function setFields(headers: Headers, flat: readonly string[]): void {
  let typed = false
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string
    const value = flat[i + 1] as string
    if (!typed && name.length === 12 && name.toLowerCase() === 'content-type') {
      typed = true
      headers.set(name, value)
    } else {
      headers.append(name, value)
    }
  }
}
