/**
 * Makes the object of captured values.
 *
 * It is made by one literal, compiled once for rules that capture the same names, when the first of them is matched: measured against assigning name
 * by name, an object of one parameter costs 25 ns instead of 80. Where code may not be generated, the names are assigned one by one; the object is the same.
 *
 * @module
 */
import { BadRequest } from '@stapel/core'
import { generateFunction } from './generate-function.ts'

/** What a parameter or wildcard gives: decoded text, what a converter makes of it, or a list of texts. */
export interface Capture {
  readonly name: string
  readonly kind: 'text' | 'value' | 'list'
}

/** Where the values of a match are: `spans` has begin and end in the path of each, `values` what converters gave. */
export type Capturer = (
  path: string,
  spans: readonly number[],
  values: readonly unknown[],
) => Record<string, unknown>

/** The parameters of a rule that has none. */
export const NO_PARAMS: Readonly<Record<string, unknown>> = Object.freeze({})

/** Makes the objects of a rule. They throw a BadRequest for a value that is no valid percent-encoding of UTF-8. */
export function createCapturer(captures: readonly Capture[]): Capturer {
  const key = JSON.stringify(captures.map(({ name, kind }) => [name, kind]))
  const known = capturers.get(key)
  if (known !== undefined) return known
  const capturer = compileCapturer(captures) ?? assignCapturer(captures)
  if (capturers.size < CAPTURERS_LIMIT) capturers.set(key, capturer)
  return capturer
}

/** The most capturers that are shared; further rules have one of their own. */
const CAPTURERS_LIMIT = 1000

const capturers: Map<string, Capturer> = new Map()

/** The text of a part of a path that is percent-encoded; throws a BadRequest where it cannot be decoded. */
export function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new BadRequest('A segment of the path is no valid percent-encoding of UTF-8.', { cause })
  }
}

/** The text of a part of a path; `undefined` for what is no valid percent-encoding of UTF-8. */
export function tryDecode(path: string, start: number, end: number): string | undefined {
  const text = path.slice(start, end)
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Whether all of a path is valid percent-encoding of UTF-8. */
export function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    // What it gives is used, since bundlers remove a call that they take for one without effect.
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

/** As a capturer whose names are assigned one by one. */
export function assignCapturer(captures: readonly Capture[]): Capturer {
  return (path, spans, values) => {
    const params: Record<string, unknown> = {}
    for (let i = 0; i < captures.length; i++) {
      const { name, kind } = captures[i] as Capture
      if (kind === 'value') params[name] = values[i]
      else {
        const start = spans[i * 2] as number
        const end = spans[i * 2 + 1] as number
        params[name] = kind === 'text' ? decode(path.slice(start, end)) : decodeList(path, start, end)
      }
    }
    return params
  }
}

function compileCapturer(captures: readonly Capture[]): Capturer | undefined {
  const rows = captures.map(({ name, kind }, i) => {
    const bounds = `spans[${i * 2}], spans[${i * 2 + 1}]`
    const code = {
      value: `values[${i}]`,
      text: `decode(path.slice(${bounds}))`,
      list: `decodeList(path, ${bounds})`,
    }[kind]
    // Names come from a program's patterns, and no text leaves the literal that JSON.stringify makes of it.
    return `${JSON.stringify(name)}: ${code}`
  })
  const code = `return (path, spans, values) => ({ ${rows.join(', ')} })`
  return generateFunction(code, { decode, decodeList }) as Capturer | undefined
}

/** The decoded segments between two positions of a path. */
export function decodeList(path: string, start: number, end: number): string[] {
  const list = cutList(path, start, end)
  if (path.indexOf('%', start) === -1) return list
  return list.map(decode)
}

/** Nearly all have one or two: a list that grows is given room for seventeen. */
function cutList(path: string, start: number, end: number): string[] {
  const first = path.indexOf('/', start)
  if (first === -1 || first >= end) return [path.slice(start, end)]
  const second = path.indexOf('/', first + 1)
  if (second === -1 || second >= end) return [path.slice(start, first), path.slice(first + 1, end)]
  const list = [path.slice(start, first), path.slice(first + 1, second)]
  let from = second + 1
  for (let slash = path.indexOf('/', from); slash !== -1 && slash < end; slash = path.indexOf('/', from)) {
    list.push(path.slice(from, slash))
    from = slash + 1
  }
  list.push(path.slice(from, end))
  return list
}
