import { chooseMediaType, formatAccept, parseAccept, prefersHtml } from './accept.ts'
import { chooseCharset } from './accept-charset.ts'
import { acceptsEncoding, chooseEncoding, parseAcceptEncoding } from './accept-encoding.ts'
import { chooseLanguage, matchesLanguage, parseAcceptLanguage } from './accept-language.ts'
import { parseAccessControl, parsePreflight } from './access-control.ts'
import { formatAge, parseAge } from './age.ts'
import { formatAllow, parseAllow } from './allow.ts'
import { formatAuthorization, parseAuthorization } from './authorization.ts'
import { formatBasicToken, parseBasicToken } from './basic-credentials.ts'
import { formatCacheControl, parseCacheControl } from './cache-control.ts'
import { formatChallenges, parseChallenges } from './challenge.ts'
import { formatContentDisposition, parseContentDisposition, safeFilename } from './content-disposition.ts'
import { formatContentLength, parseContentLength } from './content-length.ts'
import { formatContentRange, parseContentRange } from './content-range.ts'
import {
  formatContentSecurityPolicy,
  parseContentSecurityPolicies,
  parseContentSecurityPolicy,
} from './content-security-policy.ts'
import {
  formatEmbedderPolicy,
  formatOpenerPolicy,
  formatResourcePolicy,
  parseEmbedderPolicy,
  parseOpenerPolicy,
  parseResourcePolicy,
} from './cross-origin.ts'
import { formatHttpDate, parseHttpDate } from './date.ts'
import { formatDeltaSeconds, parseDeltaSeconds } from './delta-seconds.ts'
import { formatDict, parseDict } from './dict.ts'
import { formatEntityTag, formatEntityTags, parseEntityTag, parseEntityTags } from './etag.ts'
import { formatExtendedValue, parseExtendedValue } from './extended-value.ts'
import { parseFetchMetadata } from './fetch-metadata.ts'
import { isFieldValue, isToken } from './field.ts'
import { formatFieldNames, parseFieldNames } from './field-names.ts'
import { formatForwarded, formatForwardedNode, parseForwarded, parseForwardedNode } from './forwarded.ts'
import { formatHost, parseHost } from './host.ts'
import { normalizeHost } from './host-name.ts'
import { parseHostPattern } from './host-pattern.ts'
import { escapeHtml } from './html.ts'
import { matchesIfRange, parseIfRange } from './if-range.ts'
import { toIri, toUri } from './iri.ts'
import { formatLinks, parseLinks } from './link.ts'
import { formatList, parseList, splitList } from './list.ts'
import { essenceOf, formatMediaType, matchesMediaType, parseMediaType } from './media-type.ts'
import { formatOptions, parseOptions } from './options.ts'
import { parseOrigin } from './origin.ts'
import { formatParameters, parseParameters } from './parameters.ts'
import { normalizePath } from './path.ts'
import { evaluatePreconditions } from './preconditions.ts'
import { decodePunycode } from './punycode.ts'
import { formatRange, parseRange } from './range.ts'
import { formatRetryAfter, parseRetryAfter } from './retry-after.ts'
import { isDeviceName, isSafeName } from './safe-name.ts'
import { formatTokens, hasToken, parseTokens } from './token-list.ts'
import { addVary, formatVary, parseVary, varyOn } from './vary.ts'
import { formatWord, parseWord } from './word.ts'

/** A parser, and the formatter that writes what it gave, back to a text of the same kind. */
export interface Pair {
  readonly parse: (text: string) => unknown
  readonly format: (text: string) => string | undefined
  /** Texts of its kind, to build others from. */
  readonly seeds: readonly string[]
}

function pair<T>(
  parse: (text: string) => T | undefined,
  format: (value: T) => string,
  ...seeds: readonly string[]
): Pair {
  return {
    parse,
    format: (text) => {
      const value = parse(text)
      return value === undefined ? undefined : format(value)
    },
    seeds,
  }
}

/** Every parser of the vocabulary that has a formatter. */
export const pairs: Readonly<Record<string, Pair>> = {
  Accept: pair(parseAccept, formatAccept, 'text/html', '*/*', ';q=0.5', ';level=1', 'gzip'),
  'Accept-Encoding': pair(parseAcceptEncoding, formatAccept, 'gzip', 'x-gzip', ';q=0', '*', 'identity'),
  'Accept-Language': pair(parseAcceptLanguage, formatAccept, 'de-CH', 'en', ';q=0.1', '*', 'a-b-c'),
  Age: pair(parseAge, formatAge, '60', '0', ','),
  Allow: pair(parseAllow, formatAllow, 'GET', 'put', 'M-SEARCH'),
  Authorization: pair(
    parseAuthorization,
    formatAuthorization,
    'Basic ',
    'YTpi',
    'Bearer ',
    'Digest ',
    'nc=1',
    '="',
  ),
  'Basic credentials': pair(parseBasicToken, formatBasicToken, 'YTpi', 'YTo', 'Og==', 'w6Q6'),
  'Cache-Control': pair(
    parseCacheControl,
    formatCacheControl,
    'max-age=',
    '60',
    'private=',
    '"a"',
    'no-cache',
    'x',
  ),
  'Content-Disposition': pair(
    parseContentDisposition,
    ({ type, filename }) => formatContentDisposition(type, filename),
    'attachment',
    '; filename=',
    "; filename*=UTF-8''%C3%A4",
    'a.txt',
    '../',
  ),
  'Content-Range': pair(
    parseContentRange,
    ({ range, size }) => formatContentRange(range, size),
    'bytes ',
    '0-9',
    '/100',
    '*/',
  ),
  'Content-Security-Policy': pair(
    parseContentSecurityPolicy,
    formatContentSecurityPolicy,
    'img-src ',
    "'self' ",
    'none ',
    'sandbox',
    'upgrade-insecure-requests',
    ';',
  ),
  'Content-Type': pair(parseMediaType, formatMediaType, 'text/', 'html', '; charset=', 'utf-8', '*'),
  'Cross-Origin-Embedder-Policy': pair(
    parseEmbedderPolicy,
    ({ policy, reportTo }) => formatEmbedderPolicy(policy, reportTo === undefined ? {} : { reportTo }),
    'require-corp',
    'credentialless',
    '; report-to=',
    '"x"',
  ),
  'Cross-Origin-Opener-Policy': pair(
    parseOpenerPolicy,
    ({ policy, reportTo }) => formatOpenerPolicy(policy, reportTo === undefined ? {} : { reportTo }),
    'same-origin',
    'unsafe-none',
    '; report-to=',
    '"x"',
  ),
  'Cross-Origin-Resource-Policy': pair(parseResourcePolicy, formatResourcePolicy, 'same-origin', 'same-site'),
  Date: pair(
    parseHttpDate,
    formatHttpDate,
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
  ),
  'Content-Length': pair(parseContentLength, formatContentLength, '60', '0'),
  'delta seconds': pair(parseDeltaSeconds, formatDeltaSeconds, '60', '0'),
  'a dict': pair(parseDict, formatDict, 'a=', 'realm="a b"', 'B'),
  ETag: pair(parseEntityTag, formatEntityTag, '"a"', 'W/"b"'),
  'an extended value': pair(
    parseExtendedValue,
    ({ value, language }) => formatExtendedValue(value, language),
    "UTF-8''",
    "iso-8859-1'de'",
    '%C3%A4',
    '%E4',
  ),
  'field names': pair(parseFieldNames, formatFieldNames, 'X-A', 'x-a', '*'),
  Forwarded: pair(
    parseForwarded,
    formatForwarded,
    'for=',
    'by=',
    '_a',
    '"[2001:db8::1]:80"',
    'proto=http',
    ';',
  ),
  'a forwarded node': pair(
    parseForwardedNode,
    formatForwardedNode,
    '192.0.2.1',
    '[2001:db8::1]',
    ':80',
    '_a',
    'unknown',
  ),
  Host: pair(parseHost, formatHost, 'Example.org', ':80', '[::1]', '192.0.2.1'),
  'If-None-Match': pair(parseEntityTags, formatEntityTags, '"a"', 'W/"b"', '*'),
  Link: pair(
    parseLinks,
    formatLinks,
    '</a>',
    '; rel=',
    'next',
    '"a b"',
    '; title=',
    "; title*=UTF-8''%41",
    '<',
  ),
  'a list': pair(parseList, formatList, 'a', '"b, c"', 'W/x'),
  'a value with options': pair(parseOptions, formatOptions, 'a', '; b=', '"c;d"'),
  parameters: pair(parseParameters, formatParameters, '; a=', 'b', '"c;d"'),
  Range: pair(parseRange, formatRange, 'bytes=', '0-9', '-5', '10-'),
  'Retry-After': pair(parseRetryAfter, formatRetryAfter, '120', 'Sun, 06 Nov 1994 08:49:37 GMT'),
  tokens: pair(parseTokens, formatTokens, 'de', 'en-GB', 'gzip'),
  'a URI': pair(
    (text) => toIri(toUri(text)),
    toUri,
    'http:',
    '//',
    'xn--tda',
    '%C3%BC',
    '%FC',
    '%2F',
    '@',
    ':80',
  ),
  Vary: pair(parseVary, formatVary, 'Accept', 'accept', '*'),
  'WWW-Authenticate': pair(
    parseChallenges,
    formatChallenges,
    'Basic ',
    'realm=',
    '"a"',
    'Negotiate',
    'YII==',
    'x ',
  ),
  'a word': pair(parseWord, formatWord, 'a', '"b c"'),
}

/** Every function that reads what somebody else wrote. */
export const readers: Readonly<Record<string, (text: string) => unknown>> = {
  ...Object.fromEntries(Object.entries(pairs).map(([name, { parse }]) => [name, parse])),
  acceptsEncoding: (text) => acceptsEncoding(text, 'gzip'),
  addVary: (text) => addVary(text, 'Accept'),
  chooseCharset: (text) => chooseCharset(text, ['utf-8', 'a']),
  chooseEncoding: (text) => chooseEncoding(text, ['gzip', 'a']),
  chooseLanguage: (text) => chooseLanguage(text, ['en', 'a-b']),
  chooseMediaType: (text) => chooseMediaType(text, ['text/html', 'a/b']),
  decodePunycode,
  'decodePunycode of short labels': (text) => text.match(/[\s\S]{1,63}/g)?.map(decodePunycode),
  escapeHtml,
  essenceOf,
  evaluatePreconditions: (text) =>
    evaluatePreconditions(
      { REQUEST_METHOD: 'GET', HTTP_IF_MATCH: text, HTTP_IF_NONE_MATCH: text },
      { etag: { value: 'a', weak: false } },
    ),
  hasToken: (text) => hasToken(text, 'a'),
  formatContentDisposition: (text) => formatContentDisposition('attachment', text),
  isDeviceName,
  isFieldValue,
  isSafeName,
  isToken,
  matchesIfRange: (text) => matchesIfRange(text, { etag: { value: 'a', weak: false } }),
  matchesLanguage: (text) => matchesLanguage(text, text),
  matchesMediaType: (text) => matchesMediaType(text, text),
  normalizeHost,
  normalizePath,
  parseAccessControl: readAccessControl,
  parseContentSecurityPolicies,
  parseFetchMetadata: (text) => parseFetchMetadata({ HTTP_SEC_FETCH_SITE: text, HTTP_SEC_FETCH_DEST: text }),
  parseHostPattern,
  parseIfRange,
  parseOrigin,
  parsePreflight: (text) =>
    parsePreflight({
      REQUEST_METHOD: 'OPTIONS',
      HTTP_ORIGIN: 'null',
      HTTP_ACCESS_CONTROL_REQUEST_METHOD: 'GET',
      HTTP_ACCESS_CONTROL_REQUEST_HEADERS: text,
    }),
  prefersHtml,
  safeFilename,
  splitList,
  'toIri of a host': (text) => toIri(`http://${text}`),
  'toUri of a host': (text) => toUri(`http://${text}`),
  varyOn: (text) => varyOn([['Vary', text]], 'Accept'),
}

function readAccessControl(text: string): unknown {
  return parseAccessControl([
    ['Access-Control-Allow-Origin', text],
    ['Access-Control-Allow-Headers', text],
    ['Access-Control-Allow-Methods', text],
    ['Access-Control-Max-Age', text],
  ])
}

/** What makes a careless parser slow when it is repeated. */
export const repeats: Readonly<Record<string, string>> = {
  spaces: ' ',
  tabs: '\t',
  'no-break spaces': '\xa0',
  commas: ',',
  'commas and spaces': ' ,\t',
  semicolons: ';',
  'semicolons and spaces': ' ; ',
  'equals signs': '=',
  'equals signs and spaces': ' = ',
  quotes: '"',
  'quotes and commas': '",',
  backslashes: '\\',
  'escaped quotes': '\\"',
  letters: 'a',
  words: 'a ',
  digits: '1',
  dots: '.',
  colons: ':',
  hyphens: '-',
  asterisks: '*',
  slashes: '/',
  'dot segments': '/..',
  'percent signs': '%',
  'escapes of UTF-8': '%c3%a4',
  apostrophes: "'",
  'angle brackets': '<',
  'angle brackets and commas': '<,',
  'square brackets': '[',
  links: '<a>;b="c",',
  'half links': '<a>;b"c,',
  subtags: 'a-',
  parameters: ';a=b',
  'quoted parameters': ';a="\\"b"',
  weights: ';q=0.5',
  members: 'a=b,',
  schemes: 'a b,',
  'quoted members': 'a="b,\\"",',
  ranges: '1-2,',
  tags: 'W/"a", ',
  surrogates: '\ud83d',
  accents: '\u0301',
}

/** What makes a reader look further than the first character. */
export function headsOf(name: string): string[] {
  const seeds = pairs[name]?.seeds ?? ['bytes=1-', 'a/b;c=']
  return ['', '"', `${seeds.join('')}"`]
}
