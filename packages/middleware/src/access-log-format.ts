/**
 * How an access log says what happened.
 *
 * The threat: what a client sends stands in the log: a line break writes a line of its choice, an escape sequence moves the cursor of whoever
 * reads it in a terminal, a mark of direction shows it backwards, a quote ends its field. All of these are escaped, in every format, and each field
 * is cut at {@link FIELD_LIMIT} characters. What is not stopped: secrets in a URL are logged with it.
 *
 * @module
 */
import { environKey, type HeaderKey } from '@stapel/core'
import type { AccessEntry } from './access-log-entry.ts'

/** The most characters of a field that are logged. */
export const FIELD_LIMIT = 2048

/** What `fields` of a JSON log may name: parts of {@link AccessEntry}, and header fields of the request and of the answer. */
export type AccessField = (typeof fieldNames)[number] | `request.${string}` | `answer.${string}`

/** Gives the line of an entry, without the line break; `undefined` for none. */
export type AccessFormat = (entry: AccessEntry) => string | undefined

/** `address - user [time] "method target protocol" status size`: the Common Log Format. */
export function formatCommon(entry: AccessEntry): string {
  const { address, user, time, method, target, protocol, status, size } = entry
  const request = `${quotable(method)} ${quotable(target)} ${quotable(protocol)}`
  return `${bare(address)} - ${bare(user)} [${clock(time)}] "${request}" ${status ?? '-'} ${size ?? '-'}`
}

/** The same with `"referer" "agent"`: the combined format of Apache and nginx. */
export function formatCombined(entry: AccessEntry): string {
  return `${formatCommon(entry)} "${quotable(entry.referer)}" "${quotable(entry.agent)}"`
}

/** A format of JSON objects with these fields in this order; what is not known is left out. */
export function createJsonFormat(fields: readonly AccessField[]): AccessFormat {
  const members = [...new Set(fields)].map((field) => ({
    name: `${JSON.stringify(field)}:`,
    read: readerOf(field),
  }))
  return (entry) => {
    let line = ''
    for (const { name, read } of members) {
      const value = read(entry)
      if (value === undefined) continue
      line += line === '' ? '{' : ','
      line += name
      line += typeof value === 'number' ? jsonNumber(value) : jsonText(value)
    }
    return line === '' ? '{}' : `${line}}`
  }
}

function jsonNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null'
}

/** Mostly there is nothing to escape, and to see so is several times cheaper. */
function jsonText(text: string): string {
  const short = cut(text)
  return plain.test(short) ? `"${short}"` : JSON.stringify(short).replace(invisible, jsonEscape)
}

/** A format of one's own: what would break the line, or do something in a terminal, is escaped in what it gives. */
export function createOwnFormat(format: AccessFormat): AccessFormat {
  return (entry) => format(entry)?.replace(invisible, escapeText)
}

/** Whether a value is an {@link AccessField}. */
export function isAccessField(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    (fieldNames.some((name) => name === value) || /^(?:request\.[A-Za-z0-9-]+|answer\.[\w-]+)$/.test(value))
  )
}

const fieldNames = [
  'time',
  'id',
  'address',
  'user',
  'method',
  'scheme',
  'host',
  'target',
  'path',
  'protocol',
  'requestSize',
  'status',
  'size',
  'wait',
  'duration',
  'outcome',
  'referer',
  'agent',
] as const

/** The fields that a JSON log has when none are chosen. */
export const defaultFields: readonly AccessField[] = fieldNames.filter(
  (name) => name !== 'scheme' && name !== 'path' && name !== 'requestSize',
)

function readerOf(field: AccessField): (entry: AccessEntry) => string | number | undefined {
  const name = field.slice(field.indexOf('.') + 1)
  if (field.startsWith('request.')) {
    const key = environKey(name) as HeaderKey
    return ({ environ }) => environ[key]
  }
  if (field.startsWith('answer.')) {
    const lower = name.toLowerCase()
    return ({ headers }) => {
      const values = headers.filter((header) => header[0].toLowerCase() === lower)
      return values.length === 0 ? undefined : values.map(([, value]) => value).join(', ')
    }
  }
  if (field === 'time') return ({ time }) => isoClock(time)
  if (field === 'wait' || field === 'duration') return (entry) => rounded(entry[field])
  return (entry) => entry[field as Exclude<(typeof fieldNames)[number], 'time'>]
}

/** Milliseconds with three places. */
function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1000) / 1000
}

function bare(text: string | undefined): string {
  return text === undefined || text === '' ? '-' : quotable(text).replaceAll(' ', '\\x20')
}

function quotable(text: string | undefined): string {
  if (text === undefined || text === '') return '-'
  const short = cut(text)
  return plain.test(short) ? short : short.replace(special, escapeText)
}

function cut(text: string): string {
  return text.length > FIELD_LIMIT ? `${text.slice(0, FIELD_LIMIT)}…` : text
}

const plain = /^[ !#-[\]-~]*$/
/** Controls but the tab, marks of direction and format, halves of surrogate pairs, separators of lines. */
const invisible = /(?!\t)[\p{C}\p{Zl}\p{Zp}]/gu
const special = /["\\\p{C}\p{Zl}\p{Zp}]/gu

function escapeText(character: string): string {
  const code = character.codePointAt(0) as number
  if (character === '"' || character === '\\') return `\\${character}`
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  }).join('')
}

let second = Number.NaN
let clockText = ''
let isoText = ''

/** `21/Nov/2026:14:08:49 +0000` */
function clock(time: Date): string {
  makeTexts(time)
  return clockText
}

/** `2026-11-21T14:08:49.123Z` */
function isoClock(time: Date): string {
  makeTexts(time)
  return `${isoText}.${String(time.getTime() - second * 1000).padStart(3, '0')}Z`
}

/** Made once a second. */
function makeTexts(time: Date): void {
  const current = Math.floor(time.getTime() / 1000)
  if (current === second) return
  const [, day, month, year, hours] = time.toUTCString().split(' ')
  clockText = `${day}/${month}/${year}:${hours} +0000`
  isoText = time.toISOString().slice(0, -5)
  second = current
}
