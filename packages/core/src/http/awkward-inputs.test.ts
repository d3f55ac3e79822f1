/**
 * What other parsers stumbled over, and the examples of the RFCs, header by header.
 */
import { describe, expect, test } from 'vitest'
import { ACCEPT_LIMIT, parseAccept, quality } from './accept.ts'
import { chooseLanguage, languageQuality, parseAcceptLanguage } from './accept-language.ts'
import { parseAllow } from './allow.ts'
import { parseAuthorization } from './authorization.ts'
import { formatCacheControl, parseCacheControl } from './cache-control.ts'
import { parseChallenges } from './challenge.ts'
import { parseContentRange } from './content-range.ts'
import { parseContentSecurityPolicy } from './content-security-policy.ts'
import { formatHttpDate, parseHttpDate } from './date.ts'
import { parseDict } from './dict.ts'
import { ENTITY_TAG_LIMIT, matchesStrongly, matchesWeakly, parseEntityTag, parseEntityTags } from './etag.ts'
import { extendedValueOf, parseExtendedValue } from './extended-value.ts'
import { parseFieldNames } from './field-names.ts'
import { FORWARDED_LIMIT, parseForwarded } from './forwarded.ts'
import { LINK_LIMIT, parseLinks } from './link.ts'
import { LIST_LIMIT, parseList, splitList } from './list.ts'
import { charsetOf, parseMediaType } from './media-type.ts'
import { parseOptions } from './options.ts'
import { PARAMETER_LIMIT, parseParameters, valuesOf } from './parameters.ts'
import { pairs } from './parsers.test-support.ts'
import { evaluatePreconditions } from './preconditions.ts'
import { parseRange, RANGE_LIMIT, resolveRanges } from './range.ts'
import { addVary, parseVary } from './vary.ts'

describe('lists', () => {
  test.each([
    ['foo,bar', ['foo', 'bar']],
    ['foo ,bar,', ['foo', 'bar']],
    ['foo , ,bar,charlie', ['foo', 'bar', 'charlie']],
    ['', []],
    [',', []],
    [',   ,', []],
  ])('of RFC 9110 section 5.6.1.2: %j', (header, members) => {
    expect(splitList(header)).toEqual(members)
  })

  test('of 200,000 spaces between two members have two (robustness.md L2)', () => {
    expect(splitList(`a${' '.repeat(200_000)},${'\t'.repeat(200_000)}b`)).toEqual(['a', 'b'])
  })

  test('whose quote never closes end with what follows it (robustness.md L5)', () => {
    expect(splitList('a, "b, c, d')).toEqual(['a', '"b, c, d'])
    expect(parseList('a, "b, c, d')).toEqual(['a'])
    expect(parseList('a, "b\\')).toEqual(['a'])
    expect(parseList(`${'"'.repeat(99_999)}, a`)).toEqual([])
  })

  test.each<[string, (text: string) => number, string, number]>([
    ['ranges of Accept', (text) => parseAccept(text).length, 'a/b,', ACCEPT_LIMIT],
    ['languages', (text) => parseAcceptLanguage(text).length, 'de,', ACCEPT_LIMIT],
    ['entity tags', (text) => parseEntityTags(text).length, '"a",', ENTITY_TAG_LIMIT],
    ['members', (text) => splitList(text).length, 'a,', LIST_LIMIT],
    ['challenges', (text) => parseChallenges(text).length, 'a,', LIST_LIMIT],
    ['links', (text) => parseLinks(text).length, '<a>;rel=b,', LINK_LIMIT],
    ['forwarded elements', (text) => parseForwarded(text)?.length ?? 0, 'for=_a,', FORWARDED_LIMIT],
  ])('of too many %s are cut at their limit (robustness.md M8)', (_what, count, member, limit) => {
    expect(count(member.repeat(limit))).toBe(limit)
    expect(count(member.repeat(limit + 1))).toBe(limit)
    expect(count(member.repeat(limit * 20))).toBe(limit)
  })

  test.each<[string, (text: string) => unknown, string, string, number]>([
    ['ranges', parseRange, 'bytes=', '0-1,', RANGE_LIMIT],
    ['parameters', parseParameters, '', ';a=b', PARAMETER_LIMIT],
    ['parameters of a media type', parseMediaType, 'a/b', ';c=d', PARAMETER_LIMIT],
    ['options', parseOptions, 'a', ';b=c', PARAMETER_LIMIT],
  ])('of too many %s are no list at all (robustness.md M8)', (_what, parse, head, member, limit) => {
    expect(parse(head + member.repeat(limit))).toBeDefined()
    expect(parse(head + member.repeat(limit + 1))).toBeUndefined()
  })
})

describe('names that mean something to JavaScript are names (robustness.md K2)', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']

  test.each(names)('%s', (name) => {
    const lower = name.toLowerCase()
    expect(parseDict(`${name}=1`).get(lower)).toBe('1')
    expect(parseDict('a=1').get(name)).toBeUndefined()
    expect(parseCacheControl(`${name}=1`)).toEqual({ extensions: new Map([[lower, '1']]) })
    expect(parseContentSecurityPolicy(`${name} 1`)).toEqual({ extensions: new Map([[lower, ['1']]]) })
    expect(parseMediaType(`a/b;${name}=1`)?.parameters).toEqual([[lower, '1']])
    expect(parseAuthorization(`x ${name}=1`)?.parameters?.get(lower)).toBe('1')
    expect(parseForwarded(`${name}=1`)?.[0]?.extensions?.get(lower)).toBe('1')
    expect(parseExtendedValue(`${name}''a`)).toBeUndefined()
    expect(parseVary(name)).toEqual([lower])
    expect(parseAllow(name)).toEqual([name])
    expect(({} as Record<string, unknown>)['1']).toBeUndefined()
  })
})

describe('a no-break space is no space (robustness.md C1)', () => {
  const samples = Object.entries(pairs).flatMap(([name, { format, seeds }]) => {
    const sample = seeds.find((seed) => (format(seed) ?? '') !== '')
    return sample === undefined ? [] : [{ name, format, sample }]
  })

  test.each(samples)('before $name', ({ format, sample }) => {
    expect(format(`\xa0${sample}`)).not.toBe(format(sample))
  })

  test('nor between members, parameters and words', () => {
    expect(splitList('a\xa0,\xa0b')).toEqual(['a\xa0', '\xa0b'])
    expect(parseMediaType('a/b;\xa0c=d')).toBeUndefined()
    expect(parseFieldNames('\xa0*')).toEqual([])
    expect(parseEntityTags('\xa0"a"')).toEqual([])
  })
})

describe('of what stands twice, the first counts (robustness.md C3)', () => {
  test('in dicts, Cache-Control, policies and links', () => {
    expect(parseDict('a=1, A=2').get('a')).toBe('1')
    expect(parseCacheControl('max-age=5, max-age=10')).toEqual({ maxAge: 5 })
    expect(parseContentSecurityPolicy('img-src a; img-src b')).toEqual({ imgSrc: ['a'] })
    expect(parseLinks('<a>; rel=next; rel=prev')).toEqual([{ target: 'a', rel: ['next'] }])
  })

  test('but both are seen where the caller must refuse them, as a second boundary (robustness.md F6)', () => {
    const type = parseMediaType('multipart/form-data; boundary=a; Boundary="b"')
    expect(valuesOf(type?.parameters ?? [], 'boundary')).toEqual(['a', 'b'])
    expect(valuesOf(parseMediaType('multipart/form-data')?.parameters ?? [], 'boundary')).toEqual([])
  })

  test('and where it decides who somebody is, neither does', () => {
    expect(parseAuthorization('Digest username="a", username="b"')).toBeUndefined()
    expect(parseForwarded('for=192.0.2.1;for=192.0.2.2')).toBeUndefined()
    expect(parseRange('bytes=0-1, bytes=2-3')).toBeUndefined()
    expect(parseContentRange('bytes 0-1/2, bytes 0-1/2')).toBeUndefined()
  })
})

describe('media types', () => {
  test.each([
    'text/html;charset=utf-8',
    'Text/HTML;Charset="utf-8"',
    'text/html; charset="utf-8"',
    'text/html;charset=UTF-8',
  ])('of RFC 9110 section 8.3.1 are the same: %s', (text) => {
    const type = parseMediaType(text)
    expect(type?.essence).toBe('text/html')
    expect(type && charsetOf(type)).toBe('utf-8')
  })

  test.each([
    'text/html;charset=utf-8\r\n',
    'text/html\0',
    'text/html;charset="utf-8',
    'text/html;charset="utf-8\\"',
    'text/html;charset=utf-8;charset',
    'text/html, text/plain',
    'text/html charset=utf-8',
    'text /html',
    '*',
    '*/*/*',
    'text/html;charset=utf-7 ',
  ])('%j is none, or keeps what it says', (text) => {
    expect(parseMediaType(text)?.parameters ?? []).not.toContainEqual(['charset', 'utf-8'])
  })
})

describe('weights', () => {
  const ranges = parseAccept(
    'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5',
  )

  test.each([
    ['text/plain;format=flowed', 1],
    ['text/plain', 0.7],
    ['text/html', 0.3],
    ['image/jpeg', 0.5],
    ['text/plain;format=fixed', 0.4],
    ['text/html;level=3', 0.3],
  ])('of RFC 9110 section 12.5.1: %s has %d', (type, weight) => {
    expect(quality(ranges, type)).toBe(weight)
  })

  test.each([
    ['da', 1],
    ['en-GB', 0.8],
    ['en-US', 0.7],
    ['en', 0.7],
    ['de', 0],
  ])('of RFC 9110 section 12.5.4: %s has %d', (language, weight) => {
    expect(languageQuality(parseAcceptLanguage('da, en-gb;q=0.8, en;q=0.7'), language)).toBe(weight)
  })

  test('of languages never look up what is longer than a tag', () => {
    const long = `a${'-b'.repeat(50_000)}`
    expect(chooseLanguage(long, ['a', 'en'])).toBe('a')
    expect(parseAcceptLanguage(long)).toEqual([])
  })
})

describe('extended values (RFC 8187 section 3.2.3)', () => {
  test.each([
    ["iso-8859-1'en'%A3%20rates", '£ rates', 'en'],
    ["UTF-8''%c2%a3%20and%20%e2%82%ac%20rates", '£ and € rates', ''],
    ["utf-8'de-CH'%C3%A4", 'ä', 'de-CH'],
    ["UTF-8''", '', ''],
  ])('%s', (text, value, language) => {
    expect(parseExtendedValue(text)).toEqual({ value, language })
  })

  test.each([
    "utf-7''+AGEA-",
    "utf-16''%00a",
    "''a",
    "UTF-8'a",
    'UTF-8',
    "UTF-8''%",
    "UTF-8''%4",
    "UTF-8''%gg",
    "UTF-8''%80",
    "UTF-8''%c0%af",
    "UTF-8''%ed%a0%80",
    "UTF-8''%f4%90%80%80",
    "UTF-8''a b",
    "UTF-8''ä",
    "UTF-8''a\"b",
    "UTF-8''a'b",
    "us-ascii''%80",
    "UTF-8'e n'a",
  ])('%s is none', (text) => {
    expect(parseExtendedValue(text)).toBeUndefined()
  })

  test('that are none leave the plain parameter', () => {
    const parameters = parseParameters(`; title="EURO rates"; title*=utf-8''%e2%82`) ?? []
    expect(extendedValueOf(parameters, 'title')).toBe('EURO rates')
  })
})

describe('dates (RFC 9110 section 5.6.7, N3)', () => {
  test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    '%s',
    (text) => {
      expect(parseHttpDate(text)?.toISOString()).toBe('1994-11-06T08:49:37.000Z')
    },
  )

  test.each([
    ['Tue, 29 Feb 2000 00:00:00 GMT', '2000-02-29T00:00:00.000Z'],
    ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00.000Z'],
    ['Thu, 01 Jan 1970 00:00:00 GMT', '1970-01-01T00:00:00.000Z'],
    ['Sat, 01 Jan 0000 00:00:00 GMT', '0000-01-01T00:00:00.000Z'],
    ['Fri, 31 Dec 9999 23:59:59 GMT', '9999-12-31T23:59:59.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseHttpDate(text)?.toISOString()).toBe(iso)
  })

  test.each([
    'Thu, 29 Feb 1900 00:00:00 GMT',
    'Sun, 31 Apr 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 1994  08:49:37 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT\n',
    'Sun, ٠٦ Nov 1994 08:49:37 GMT',
    '06 Nov 1994 08:49:37 GMT',
    '1994-11-06T08:49:37Z',
    '784111777',
    '0',
    '-1',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text)).toBeUndefined()
  })

  test('are written without the fraction of their second', () => {
    expect(formatHttpDate(new Date('1994-11-06T08:49:37.999Z'))).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })
})

describe('entity tags (RFC 9110 section 8.8.3.2, N2)', () => {
  test.each([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
  ])('%s and %s are the same strongly: %s, weakly: %s', (first, second, strongly, weakly) => {
    const [a, b] = [parseEntityTag(first), parseEntityTag(second)]
    if (a === undefined || b === undefined) throw new Error('Expected two tags.')
    expect([matchesStrongly(a, b), matchesStrongly(b, a)]).toEqual([strongly, strongly])
    expect([matchesWeakly(a, b), matchesWeakly(b, a)]).toEqual([weakly, weakly])
  })

  test('keep commas, backslashes and bytes beyond ASCII', () => {
    expect(parseEntityTags('"a,b", "\\", "\xff", ""').length).toBe(4)
  })
})

describe('preconditions', () => {
  const current = { etag: { value: 'a', weak: false }, lastModified: new Date('2024-02-03T04:05:06.789Z') }
  const ask = (method: string, headers: Record<string, string>) =>
    evaluatePreconditions({ REQUEST_METHOD: method, ...headers }, current)

  test('are evaluated in the order of RFC 9110 section 13.2.2 (robustness.md N1)', () => {
    const old = 'Fri, 02 Feb 2024 00:00:00 GMT'
    const young = 'Sun, 04 Feb 2024 00:00:00 GMT'
    expect(ask('GET', { HTTP_IF_MATCH: '"a"', HTTP_IF_UNMODIFIED_SINCE: old })).toBe('proceed')
    expect(ask('GET', { HTTP_IF_MATCH: '"b"', HTTP_IF_NONE_MATCH: '"a"' })).toBe('failed')
    expect(ask('GET', { HTTP_IF_UNMODIFIED_SINCE: old, HTTP_IF_NONE_MATCH: '"a"' })).toBe('failed')
    expect(ask('GET', { HTTP_IF_NONE_MATCH: '"b"', HTTP_IF_MODIFIED_SINCE: young })).toBe('proceed')
    expect(ask('GET', { HTTP_IF_NONE_MATCH: '"a"', HTTP_IF_MODIFIED_SINCE: old })).toBe('not-modified')
  })

  test('of unsafe methods answer 412, never 304 (robustness.md N4)', () => {
    for (const method of ['PUT', 'POST', 'PATCH', 'DELETE']) {
      expect(ask(method, { HTTP_IF_NONE_MATCH: '*' })).toBe('failed')
      expect(ask(method, { HTTP_IF_MODIFIED_SINCE: 'Sun, 04 Feb 2024 00:00:00 GMT' })).toBe('proceed')
    }
  })

  test('compare whole seconds, and ignore dates that are none (robustness.md N3)', () => {
    expect(ask('GET', { HTTP_IF_MODIFIED_SINCE: 'Sat, 03 Feb 2024 04:05:06 GMT' })).toBe('not-modified')
    expect(ask('GET', { HTTP_IF_UNMODIFIED_SINCE: 'Sat, 03 Feb 2024 04:05:06 GMT' })).toBe('proceed')
    expect(ask('GET', { HTTP_IF_MODIFIED_SINCE: 'Sat, 03 Feb 2024 04:05:06' })).toBe('proceed')
    expect(ask('PUT', { HTTP_IF_UNMODIFIED_SINCE: 'long ago' })).toBe('proceed')
  })

  test('that are malformed match nothing, so that nobody overwrites by them (robustness.md N2)', () => {
    for (const header of ['a', '"a', "'a'", 'W/a', '"b" "a"', '']) {
      expect(ask('PUT', { HTTP_IF_MATCH: header })).toBe('failed')
    }
  })
})

describe('ranges (RFC 9110 section 14.1.2)', () => {
  test.each([
    ['bytes=0-499', [{ first: 0, last: 499 }]],
    ['bytes=500-999', [{ first: 500, last: 999 }]],
    ['bytes=-500', [{ first: 9500, last: 9999 }]],
    ['bytes=9500-', [{ first: 9500, last: 9999 }]],
    [
      'bytes=0-0,-1',
      [
        { first: 0, last: 0 },
        { first: 9999, last: 9999 },
      ],
    ],
    [
      'bytes= 0-999, 4500-5499, -1000',
      [
        { first: 0, last: 999 },
        { first: 4500, last: 5499 },
        { first: 9000, last: 9999 },
      ],
    ],
    ['bytes=500-600,601-999', [{ first: 500, last: 999 }]],
    ['bytes=500-700,601-999', [{ first: 500, last: 999 }]],
    ['bytes=-20000', [{ first: 0, last: 9999 }]],
    ['bytes=0-99999999999999999999', [{ first: 0, last: 9999 }]],
  ])('%s of 10,000 bytes', (header, expected) => {
    expect(resolveRanges(parseRange(header) ?? [], 10_000)).toEqual(expected)
  })

  test.each(['bytes=-0', 'bytes=10000-', 'bytes=99999999999999999999-'])(
    '%s select nothing (robustness.md G1)',
    (header) => {
      expect(resolveRanges(parseRange(header) ?? [], 10_000)).toEqual([])
    },
  )

  test.each(['bytes=0-', 'bytes=-1', 'bytes=0-0', 'bytes=-0'])(
    '%s of nothing select nothing (robustness.md G2)',
    (header) => {
      expect(resolveRanges(parseRange(header) ?? [], 0)).toEqual([])
    },
  )

  test('that overlap are never more than the whole (robustness.md G3)', () => {
    const header = `bytes=${Array.from({ length: RANGE_LIMIT }, (_, i) => `${i}-`).join(',')}`
    expect(resolveRanges(parseRange(header) ?? [], 10_000)).toEqual([{ first: 0, last: 9999 }])
  })

  test.each([
    ['bytes 42-1233/1234', { range: { first: 42, last: 1233 }, size: 1234 }],
    ['bytes 42-1233/*', { range: { first: 42, last: 1233 }, size: undefined }],
    ['bytes */1234', { range: undefined, size: 1234 }],
  ])('%s is read (RFC 9110 section 14.4)', (header, expected) => {
    expect(parseContentRange(header)).toEqual(expected)
  })
})

describe('Cache-Control', () => {
  test.each([
    ['private, community="UCI"', { private: true, extensions: new Map([['community', 'UCI']]) }],
    ['max-age=600, stale-while-revalidate=30', { maxAge: 600, staleWhileRevalidate: 30 }],
    ['max-age=31536000, immutable', { maxAge: 31_536_000, immutable: true }],
    ['no-cache="Set-Cookie,Set-Cookie2"', { noCache: ['set-cookie', 'set-cookie2'] }],
    ['no-store, "max-age=60"', { noStore: true }],
    ['max-age=60;no-store', { maxAge: 0 }],
    ['max-age = 60', {}],
  ])('%s', (header, expected) => {
    expect(parseCacheControl(header)).toEqual(expected)
    expect(parseCacheControl(formatCacheControl(parseCacheControl(header)))).toEqual(expected)
  })
})

describe('Vary (RFC 9110 section 12.5.5)', () => {
  test('is added to once, and an asterisk stays', () => {
    expect(addVary('accept-encoding, accept-language', 'Accept-Encoding')).toBe(
      'accept-encoding, accept-language',
    )
    expect(addVary('*', 'Accept')).toBe('*')
    expect(parseVary('Accept, *, Cookie')).toBe('*')
  })
})
