/**
 * `Content-Security-Policy` and `Content-Security-Policy-Report-Only`: what a page may load and run (CSP level 3).
 *
 * The threat: a source that came from elsewhere and holds a `;` or a `,` ends its directive and adds others; a keyword without its quotes is
 * the name of a host, and a policy that looks strict forbids what it should allow. Both are refused when a policy is written. What is not
 * stopped: a policy that is too wide, as with `'unsafe-inline'`. Of repeated directives the first counts, as in browsers.
 *
 * @module
 */
import { isToken } from './field.ts'
import { LIST_LIMIT } from './list.ts'

/** Where something may come from: a keyword in quotes, a scheme, a host with or without scheme, port and path, a nonce or a hash. */
export type PolicySource =
  | "'self'"
  | "'none'"
  | "'unsafe-inline'"
  | "'unsafe-eval'"
  | "'unsafe-hashes'"
  | "'wasm-unsafe-eval'"
  | "'strict-dynamic'"
  | "'report-sample'"
  | 'https:'
  | 'data:'
  | 'blob:'
  | '*'
  | (string & {})

/** The directives of a policy; what is absent or `undefined` was not given. An empty list allows nothing. */
export interface ContentSecurityPolicy {
  /** Whatever its own directive does not speak of. */
  readonly defaultSrc?: readonly PolicySource[] | undefined
  /** Frames and workers. */
  readonly childSrc?: readonly PolicySource[] | undefined
  /** What scripts may connect to. */
  readonly connectSrc?: readonly PolicySource[] | undefined
  /** Fonts. */
  readonly fontSrc?: readonly PolicySource[] | undefined
  /** Frames. */
  readonly frameSrc?: readonly PolicySource[] | undefined
  /** Images. */
  readonly imgSrc?: readonly PolicySource[] | undefined
  /** Application manifests. */
  readonly manifestSrc?: readonly PolicySource[] | undefined
  /** Audio, video and their subtitles. */
  readonly mediaSrc?: readonly PolicySource[] | undefined
  /** `<object>` and `<embed>`. */
  readonly objectSrc?: readonly PolicySource[] | undefined
  /** Scripts. */
  readonly scriptSrc?: readonly PolicySource[] | undefined
  /** Scripts in attributes. */
  readonly scriptSrcAttr?: readonly PolicySource[] | undefined
  /** Scripts in elements. */
  readonly scriptSrcElem?: readonly PolicySource[] | undefined
  /** Styles. */
  readonly styleSrc?: readonly PolicySource[] | undefined
  /** Styles in attributes. */
  readonly styleSrcAttr?: readonly PolicySource[] | undefined
  /** Styles in elements. */
  readonly styleSrcElem?: readonly PolicySource[] | undefined
  /** Workers. */
  readonly workerSrc?: readonly PolicySource[] | undefined
  /** What `<base>` may name. */
  readonly baseUri?: readonly PolicySource[] | undefined
  /** Where forms may be sent. */
  readonly formAction?: readonly PolicySource[] | undefined
  /** Who may show the page in a frame. */
  readonly frameAncestors?: readonly PolicySource[] | undefined
  /** The page is cut off from its origin, scripts and more, but for what the tokens allow (`'allow-scripts'`). */
  readonly sandbox?: readonly string[] | undefined
  /** URLs that violations are reported to. */
  readonly reportUri?: readonly string[] | undefined
  /** The one endpoint of `Reporting-Endpoints` that violations are reported to. */
  readonly reportTo?: readonly string[] | undefined
  /** What takes no plain text: `"'script'"`. */
  readonly requireTrustedTypesFor?: readonly string[] | undefined
  /** The names of the policies that make trusted types. */
  readonly trustedTypes?: readonly string[] | undefined
  /** Whether `http:` addresses are taken for `https:` ones. */
  readonly upgradeInsecureRequests?: boolean | undefined
  /** Other directives by name in lower case, with their values. */
  readonly extensions?: ReadonlyMap<string, readonly string[]> | undefined
}

/**
 * The directives of a single policy; the policy ends at a comma, which a policy cannot hold (see {@link parseContentSecurityPolicies}). Left out
 * are names that are no tokens, values that no policy can hold, and keywords without quotes in lists of sources. At most `LIST_LIMIT` directives.
 *
 * @example
 * ```ts
 * import { parseContentSecurityPolicy } from '@stapel/core/http'
 *
 * parseContentSecurityPolicy("default-src 'self'; img-src *").imgSrc // ['*']
 * ```
 */
export function parseContentSecurityPolicy(header: string): ContentSecurityPolicy {
  const comma = header.indexOf(',')
  const end = comma === -1 ? header.length : comma
  const parsed: { -readonly [Key in keyof ContentSecurityPolicy]: unknown } = {}
  const extensions = new Map<string, string[]>()
  let count = 0
  for (let at = 0; at < end && count < LIST_LIMIT; count++) {
    const semicolon = header.indexOf(';', at)
    const next = semicolon === -1 ? end : Math.min(semicolon, end)
    const [word = '', ...values] = header.slice(at, next).match(/[^\t\n\f\r ]+/g) ?? []
    at = next + 1
    const name = word.toLowerCase()
    if (!isToken(word)) continue
    const key = keys.get(name)
    if (key === undefined) {
      if (!extensions.has(name)) extensions.set(name, values.filter(isValue))
    } else if (!(key in parsed)) {
      parsed[key] = key === 'upgradeInsecureRequests' || values.filter((value) => isValueOf(key, value))
    }
  }
  if (extensions.size > 0) parsed.extensions = extensions
  return parsed as ContentSecurityPolicy
}

/**
 * The policies of a header, or of several headers joined, in their order, without those that say nothing: a page obeys all of
 * them. At most `LIST_LIMIT`.
 */
export function parseContentSecurityPolicies(header: string): ContentSecurityPolicy[] {
  return header
    .split(',', LIST_LIMIT)
    .map(parseContentSecurityPolicy)
    .filter((policy) => Object.keys(policy).length > 0)
}

/**
 * The directives as a header, in the order of the fields; `''` for none. Throws a TypeError for a field that is none, a RangeError for a name or
 * value that no policy can hold and for a keyword without its quotes.
 *
 * @example
 * ```ts
 * import { formatContentSecurityPolicy } from '@stapel/core/http'
 *
 * formatContentSecurityPolicy({ defaultSrc: ["'self'"], objectSrc: ["'none'"], upgradeInsecureRequests: true })
 * // "default-src 'self'; object-src 'none'; upgrade-insecure-requests"
 * ```
 */
export function formatContentSecurityPolicy(policy: ContentSecurityPolicy): string {
  const directives: string[] = []
  for (const [key, value] of Object.entries(policy)) {
    if (value === undefined || value === false) continue
    if (key === 'extensions') {
      for (const [name, values] of value) directives.push(formatDirective(checkName(name), undefined, values))
      continue
    }
    const name = names.get(key)
    if (name === undefined || (value !== true && !Array.isArray(value))) {
      throw new TypeError(
        `Got ${JSON.stringify(value)} for the field ${JSON.stringify(key)} of a policy; expected a list of texts for one of ${[...names.keys()].join(', ')}.`,
      )
    }
    directives.push(value === true ? name : formatDirective(name, key as DirectiveKey, value))
  }
  return directives.join('; ')
}

type DirectiveKey = Exclude<keyof ContentSecurityPolicy, 'extensions'>

const keys: ReadonlyMap<string, DirectiveKey> = new Map<string, DirectiveKey>([
  ['default-src', 'defaultSrc'],
  ['child-src', 'childSrc'],
  ['connect-src', 'connectSrc'],
  ['font-src', 'fontSrc'],
  ['frame-src', 'frameSrc'],
  ['img-src', 'imgSrc'],
  ['manifest-src', 'manifestSrc'],
  ['media-src', 'mediaSrc'],
  ['object-src', 'objectSrc'],
  ['script-src', 'scriptSrc'],
  ['script-src-attr', 'scriptSrcAttr'],
  ['script-src-elem', 'scriptSrcElem'],
  ['style-src', 'styleSrc'],
  ['style-src-attr', 'styleSrcAttr'],
  ['style-src-elem', 'styleSrcElem'],
  ['worker-src', 'workerSrc'],
  ['base-uri', 'baseUri'],
  ['form-action', 'formAction'],
  ['frame-ancestors', 'frameAncestors'],
  ['sandbox', 'sandbox'],
  ['report-uri', 'reportUri'],
  ['report-to', 'reportTo'],
  ['require-trusted-types-for', 'requireTrustedTypesFor'],
  ['trusted-types', 'trustedTypes'],
  ['upgrade-insecure-requests', 'upgradeInsecureRequests'],
])

const names: ReadonlyMap<string, string> = new Map(Array.from(keys, ([name, key]) => [key, name]))

/** Those whose values are no sources, so that a keyword may stand in them without quotes. */
const withoutSources: ReadonlySet<string> = new Set<DirectiveKey>([
  'sandbox',
  'reportUri',
  'reportTo',
  'requireTrustedTypesFor',
  'trustedTypes',
])

const bareKeyword =
  /^(?:self|none|unsafe-inline|unsafe-eval|unsafe-hashes|wasm-unsafe-eval|strict-dynamic|report-sample|nonce-.*|sha(?:256|384|512)-.*)$/i

function isValue(value: string): boolean {
  return /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/.test(value)
}

function isValueOf(key: string | undefined, value: string): boolean {
  return isValue(value) && (key === undefined || withoutSources.has(key) || !bareKeyword.test(value))
}

function formatDirective(name: string, key: DirectiveKey | undefined, values: readonly string[]): string {
  const refused = values.find((value) => !isValueOf(key, value))
  if (refused !== undefined) {
    throw new RangeError(
      `Got ${JSON.stringify(refused)} for ${name}; expected visible ASCII without ';' and ',', keywords in quotes, as in "'self'".`,
    )
  }
  return [name, ...values].join(' ')
}

function checkName(name: string): string {
  if (isToken(name)) return name
  throw new RangeError(`Got the directive ${JSON.stringify(name)}; expected a token, as in 'img-src'.`)
}
