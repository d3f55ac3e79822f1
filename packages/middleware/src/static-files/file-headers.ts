import { type HeaderList, isPromise } from '@stapel/core'
import { hopByHopHeaders, isFieldValue, isToken } from '@stapel/core/http'
import { show } from '../check-options.ts'
import { type CacheControlPair, type CacheControlRule, cacheControlRules } from './cache-control-rules.ts'
import { type PathPatterns, type PathTest, pathTest } from './path-pattern.ts'

/** Which files headers are for, and which they are. */
export type FileHeadersRule = readonly [patterns: PathPatterns, headers: HeaderList]

/**
 * Further headers: for all files; by rules, of which each that matches adds its own; or by a function of the decoded path of a file below its
 * mount, as in `'/docs/index.html'`, which must not depend on anything else.
 */
export type FileHeadersOption = HeaderList | readonly FileHeadersRule[] | ((path: string) => HeaderList)

/** What the options say of one file; nobody may change it. */
export interface FileHeaders extends CacheControlPair {
  /** The further ones. */
  readonly headers: Readonly<HeaderList>
  /** Those of them that a 304 has, too: none of the content (RFC 9110 section 15.4.5). */
  readonly notModifiedHeaders: Readonly<HeaderList>
}

/** What the headers of files are made of. */
export interface FileHeadersSettings extends CacheControlPair {
  readonly rules: readonly CacheControlRule[]
  readonly headers: FileHeadersOption
}

/**
 * Reads the rules, once; the function gives what they say of the file of a decoded path below its mount, the index file and the ending that
 * `tryFiles` added included. It is meant to be called when a file is prepared.
 *
 * Throws a TypeError for wrong rules; the function does where the one of the application gives what no answer may have.
 */
export function createFileHeaders(settings: FileHeadersSettings): (path: string) => FileHeaders {
  const { cacheControl, authorizedCacheControl } = settings
  const ruleOf = cacheControlRules(settings.rules)
  const headersOf = createHeaders(settings.headers)
  return (path) => {
    const { all, notModified } = headersOf(path)
    const pair = ruleOf(path) ?? { cacheControl, authorizedCacheControl }
    return { headers: all, notModifiedHeaders: notModified, ...pair }
  }
}

interface Headers {
  readonly all: Readonly<HeaderList>
  readonly notModified: Readonly<HeaderList>
}

function createHeaders(option: FileHeadersOption): (path: string) => Headers {
  if (typeof option === 'function') {
    return (path) => split(check(option(path), `${show(path)}, which the function headers gave`))
  }
  const rules = option as readonly FileHeadersRule[]
  if (!rules.some(isRule)) {
    const headers = split(check(option as HeaderList, 'all files'))
    return () => headers
  }
  const read = rules.map(readRule)
  return (path) => split(read.flatMap(({ test, headers }) => (test(path) ? headers : [])))
}

function isRule(rule: unknown): boolean {
  return Array.isArray(rule) && Array.isArray(rule[1])
}

function readRule(rule: FileHeadersRule): { test: PathTest; headers: HeaderList } {
  if (!isRule(rule) || rule.length !== 2) {
    throw new TypeError(
      `staticFiles: got ${show(rule)} for a rule of headers; expected a pair such as ['*.wasm', [['X-Name', 'value']]].`,
    )
  }
  const [patterns, headers] = rule
  return { test: pathTest(patterns), headers: check(headers, show(patterns)) }
}

/** A copy of the headers. Throws a TypeError for one that is none, or that the layer itself sets. */
function check(headers: HeaderList, where: string): HeaderList {
  if (!Array.isArray(headers)) {
    const got = isPromise(headers) ? 'a promise' : show(headers)
    throw new TypeError(`staticFiles: got ${got} for the headers of ${where}; expected a list of pairs.`)
  }
  return headers.map((header): [string, string] => {
    const [name, value] = Array.isArray(header) && header.length === 2 ? header : []
    if (typeof name !== 'string' || typeof value !== 'string' || !isToken(name) || !isFieldValue(value)) {
      throw new TypeError(
        `staticFiles: got the header ${JSON.stringify(header)} for ${where}; expected [name, value]: a token, and visible latin-1 without line breaks.`,
      )
    }
    const lower = name.toLowerCase()
    if (own.has(lower) || hopByHopHeaders.has(lower)) {
      throw new TypeError(
        `staticFiles: got the header ${name} for ${where}, which this layer or the server sets; leave it out${instead.get(lower) ?? ''}.`,
      )
    }
    return [name, value]
  })
}

function split(headers: HeaderList): Headers {
  return { all: headers, notModified: headers.filter(([name]) => !aboutContent.test(name)) }
}

const aboutContent = /^content-(?!location$|security-policy(?:-report-only)?$)/i

const instead: ReadonlyMap<string, string> = new Map([
  ['cache-control', ', and use the option cacheControl'],
  ['content-type', ', and use the option types'],
  ['content-encoding', ', and use the option precompressed'],
])

const own: ReadonlySet<string> = new Set([
  ...[
    'accept-ranges',
    'cache-control',
    'content-encoding',
    'content-length',
    'content-range',
    'content-type',
  ],
  ...['date', 'etag', 'last-modified', 'x-content-type-options'],
])
