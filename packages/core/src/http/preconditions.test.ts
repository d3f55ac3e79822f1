import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConditionalRequest, evaluatePreconditions, type Validators } from './preconditions.ts'

const strong: Validators = {
  etag: { value: 'v1', weak: false },
  lastModified: new Date('2024-02-03T04:05:06.789Z'),
}
const weak: Validators = { ...strong, etag: { value: 'v1', weak: true } }
const before = 'Sat, 03 Feb 2024 04:05:05 GMT'
const same = 'Sat, 03 Feb 2024 04:05:06 GMT'
const after = 'Sat, 03 Feb 2024 04:05:07 GMT'

function get(headers: Omit<ConditionalRequest, 'REQUEST_METHOD'>, current: Validators = strong): string {
  return evaluatePreconditions({ REQUEST_METHOD: 'GET', ...headers }, current)
}

function put(headers: Omit<ConditionalRequest, 'REQUEST_METHOD'>, current: Validators | undefined): string {
  return evaluatePreconditions({ REQUEST_METHOD: 'PUT', ...headers }, current)
}

test('a request without preconditions proceeds', () => {
  expect(get({})).toBe('proceed')
  expect(put({}, undefined)).toBe('proceed')
})

test('a tag counts however many stand before it', () => {
  const header = Array.from({ length: 5000 }, (_, index) => `"${index}"`).join(', ')
  expect(put({ HTTP_IF_NONE_MATCH: `${header}, "v1"` }, strong)).toBe('failed')
  expect(put({ HTTP_IF_MATCH: `${header}, "v1"` }, strong)).toBe('proceed')
  expect(get({ HTTP_IF_NONE_MATCH: `${header}, "v1"` })).toBe('not-modified')
})

describe('If-None-Match (robustness.md N2)', () => {
  test.each(['"v1"', 'W/"v1"', '"v0", "v1"', '"v0",W/"v1"', ', "v1",', '*'])(
    '%j is not modified',
    (header) => {
      expect(get({ HTTP_IF_NONE_MATCH: header })).toBe('not-modified')
      expect(get({ HTTP_IF_NONE_MATCH: header }, weak)).toBe('not-modified')
    },
  )

  test.each(['"v2"', 'v1', '"V1"', '"v1', '', '"v0", *'])('%j proceeds', (header) => {
    expect(get({ HTTP_IF_NONE_MATCH: header })).toBe('proceed')
  })

  test('makes If-Modified-Since count for nothing (robustness.md N1)', () => {
    expect(get({ HTTP_IF_NONE_MATCH: '"v2"', HTTP_IF_MODIFIED_SINCE: after })).toBe('proceed')
    expect(get({ HTTP_IF_NONE_MATCH: '"v1"', HTTP_IF_MODIFIED_SINCE: before })).toBe('not-modified')
    expect(get({ HTTP_IF_NONE_MATCH: '"v2"', HTTP_IF_MODIFIED_SINCE: after }, { etag: weak.etag })).toBe(
      'proceed',
    )
  })

  test('is 304 for HEAD as well, and 412 for methods that change something', () => {
    const headers = { HTTP_IF_NONE_MATCH: '"v1"' }
    expect(evaluatePreconditions({ REQUEST_METHOD: 'HEAD', ...headers }, strong)).toBe('not-modified')
    expect(evaluatePreconditions({ REQUEST_METHOD: 'DELETE', ...headers }, strong)).toBe('failed')
    expect(put(headers, strong)).toBe('failed')
  })

  test('with an asterisk lets a PUT create and not replace', () => {
    expect(put({ HTTP_IF_NONE_MATCH: '*' }, undefined)).toBe('proceed')
    expect(put({ HTTP_IF_NONE_MATCH: '*' }, {})).toBe('failed')
    expect(put({ HTTP_IF_NONE_MATCH: '*' }, strong)).toBe('failed')
  })

  test('with tags proceeds for a representation without one', () => {
    expect(get({ HTTP_IF_NONE_MATCH: '"v1"' }, { lastModified: strong.lastModified })).toBe('proceed')
    expect(get({ HTTP_IF_NONE_MATCH: '"v1"' }, {})).toBe('proceed')
  })
})

describe('If-Modified-Since (robustness.md N3)', () => {
  test('is not modified from the second of the modification on', () => {
    expect(get({ HTTP_IF_MODIFIED_SINCE: before })).toBe('proceed')
    expect(get({ HTTP_IF_MODIFIED_SINCE: same })).toBe('not-modified')
    expect(get({ HTTP_IF_MODIFIED_SINCE: after })).toBe('not-modified')
  })

  test.each(['', 'yesterday', '2024-02-03T04:05:06Z', '1706933106'])('is ignored when it is %j', (header) => {
    expect(get({ HTTP_IF_MODIFIED_SINCE: header })).toBe('proceed')
  })

  test('is ignored without a date of modification, and for other methods than GET and HEAD', () => {
    expect(get({ HTTP_IF_MODIFIED_SINCE: after }, { etag: strong.etag })).toBe('proceed')
    const request = { REQUEST_METHOD: 'GET', HTTP_IF_MODIFIED_SINCE: after }
    expect(evaluatePreconditions(request, undefined)).toBe('proceed')
    expect(put({ HTTP_IF_MODIFIED_SINCE: after }, strong)).toBe('proceed')
    expect(evaluatePreconditions({ REQUEST_METHOD: 'HEAD', HTTP_IF_MODIFIED_SINCE: after }, strong)).toBe(
      'not-modified',
    )
  })
})

describe('If-Match', () => {
  test('proceeds for the same strong tag and for an asterisk', () => {
    expect(get({ HTTP_IF_MATCH: '"v0", "v1"' })).toBe('proceed')
    expect(get({ HTTP_IF_MATCH: '*' })).toBe('proceed')
    expect(get({ HTTP_IF_MATCH: '*' }, weak)).toBe('proceed')
    expect(put({ HTTP_IF_MATCH: '*' }, {})).toBe('proceed')
  })

  test('fails for another tag and for any weak one', () => {
    expect(get({ HTTP_IF_MATCH: '"v2"' })).toBe('failed')
    expect(get({ HTTP_IF_MATCH: 'W/"v1"' })).toBe('failed')
    expect(get({ HTTP_IF_MATCH: '"v1"' }, weak)).toBe('failed')
    expect(get({ HTTP_IF_MATCH: '' })).toBe('failed')
    expect(put({ HTTP_IF_MATCH: '"v1"' }, {})).toBe('failed')
  })

  test('fails when there is nothing, whatever it asks for', () => {
    expect(put({ HTTP_IF_MATCH: '*' }, undefined)).toBe('failed')
    expect(put({ HTTP_IF_MATCH: '"v1"' }, undefined)).toBe('failed')
  })

  test('makes If-Unmodified-Since count for nothing, and comes before If-None-Match (robustness.md N1)', () => {
    expect(get({ HTTP_IF_MATCH: '"v1"', HTTP_IF_UNMODIFIED_SINCE: before })).toBe('proceed')
    expect(get({ HTTP_IF_MATCH: '"v2"', HTTP_IF_NONE_MATCH: '"v1"' })).toBe('failed')
    expect(get({ HTTP_IF_MATCH: '"v1"', HTTP_IF_NONE_MATCH: '"v1"' })).toBe('not-modified')
  })
})

describe('If-Unmodified-Since', () => {
  test('fails when the representation was modified later', () => {
    expect(get({ HTTP_IF_UNMODIFIED_SINCE: before })).toBe('failed')
    expect(get({ HTTP_IF_UNMODIFIED_SINCE: same })).toBe('proceed')
    expect(put({ HTTP_IF_UNMODIFIED_SINCE: before }, strong)).toBe('failed')
    expect(put({ HTTP_IF_UNMODIFIED_SINCE: after }, strong)).toBe('proceed')
  })

  test('is ignored when it is no date, or there is no date to compare with', () => {
    expect(get({ HTTP_IF_UNMODIFIED_SINCE: 'soon' })).toBe('proceed')
    expect(put({ HTTP_IF_UNMODIFIED_SINCE: before }, { etag: strong.etag })).toBe('proceed')
    expect(put({ HTTP_IF_UNMODIFIED_SINCE: before }, undefined)).toBe('proceed')
  })
})

test.each(['OPTIONS', 'TRACE', 'CONNECT'])(
  '%s knows no preconditions (RFC 9110 section 13.2.1)',
  (method) => {
    expect(evaluatePreconditions({ REQUEST_METHOD: method, HTTP_IF_MATCH: '"v2"' }, strong)).toBe('proceed')
    expect(evaluatePreconditions({ REQUEST_METHOD: method, HTTP_IF_NONE_MATCH: '*' }, strong)).toBe('proceed')
  },
)

test('only GET and HEAD are ever answered 304, and If-Match decides before all others', () => {
  const tags = fc.constantFrom(undefined, '*', '"v1"', 'W/"v1"', '"v2"', '', '"v1')
  const dates = fc.constantFrom(undefined, before, same, after, 'soon')
  const request = fc.record({
    REQUEST_METHOD: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE'),
    HTTP_IF_MATCH: tags,
    HTTP_IF_NONE_MATCH: tags,
    HTTP_IF_MODIFIED_SINCE: dates,
    HTTP_IF_UNMODIFIED_SINCE: dates,
  })
  fc.assert(
    fc.property(request, fc.constantFrom(strong, weak, {}, undefined), (request, current) => {
      const result = evaluatePreconditions(request, current)
      if (!['GET', 'HEAD'].includes(request.REQUEST_METHOD)) expect(result).not.toBe('not-modified')
      const { HTTP_IF_MATCH } = request
      if (HTTP_IF_MATCH === undefined) return
      const alone = evaluatePreconditions({ REQUEST_METHOD: 'PUT', HTTP_IF_MATCH }, current)
      if (alone === 'failed') expect(result).toBe('failed')
    }),
  )
})

test('any header gives a result', () => {
  const text = fc.string({ unit: fc.constantFrom('"', 'v', '1', ',', ' ', '*', 'W/', '\xa0', '\0') })
  fc.assert(
    fc.property(text, text, (ifMatch, ifNoneMatch) => {
      expect(['proceed', 'failed', 'not-modified']).toContain(
        get({ HTTP_IF_MATCH: ifMatch, HTTP_IF_NONE_MATCH: ifNoneMatch }),
      )
    }),
  )
})

const states: readonly (Validators | undefined)[] = [
  strong,
  weak,
  { etag: strong.etag },
  { lastModified: strong.lastModified },
  {},
  undefined,
]

describe.each(['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'QUERY', 'get'])('%s', (method) => {
  test.each(states.map((current) => ({ current })))(
    'with any combination of preconditions comes to what RFC 9110 section 13.2.2 says of $current',
    ({ current }) => {
      const wrong = combinations.filter((headers) => {
        const request = { REQUEST_METHOD: method, ...headers }
        return evaluatePreconditions(request, current) !== stepByStep(request, current)
      })
      expect(wrong).toEqual([])
    },
  )
})

const tags = [undefined, '*', '"v1"', 'W/"v1"', '"v2"', 'v1']
const dates = [undefined, before, same, after, 'soon']
const combinations = tags.flatMap((HTTP_IF_MATCH) =>
  dates.flatMap((HTTP_IF_UNMODIFIED_SINCE) =>
    tags.flatMap((HTTP_IF_NONE_MATCH) =>
      dates.map((HTTP_IF_MODIFIED_SINCE) => ({
        HTTP_IF_MATCH,
        HTTP_IF_UNMODIFIED_SINCE,
        HTTP_IF_NONE_MATCH,
        HTTP_IF_MODIFIED_SINCE,
      })),
    ),
  ),
)

/** The steps of section 13.2.2 as they are written there, for the representation `"v1"`. */
function stepByStep(request: ConditionalRequest, current: Validators | undefined): string {
  const { REQUEST_METHOD: method, HTTP_IF_MATCH: ifMatch, HTTP_IF_NONE_MATCH: ifNoneMatch } = request
  const { HTTP_IF_UNMODIFIED_SINCE: unmodifiedSince, HTTP_IF_MODIFIED_SINCE: modifiedSince } = request
  const isRead = method === 'GET' || method === 'HEAD'
  const tag = current?.etag
  const dated = current?.lastModified !== undefined
  // Step 1, by section 13.1.1.
  if (ifMatch !== undefined) {
    const holds = ifMatch === '*' ? current !== undefined : tag?.weak === false && ifMatch === '"v1"'
    if (!holds) return 'failed'
  }
  // Step 2, by section 13.1.4.
  if (ifMatch === undefined && dated && unmodifiedSince === before) return 'failed'
  // Step 3, by section 13.1.2.
  if (ifNoneMatch !== undefined) {
    const names = tag !== undefined && /^(?:W\/)?"v1"$/.test(ifNoneMatch)
    const holds = ifNoneMatch === '*' ? current === undefined : !names
    if (!holds) return isRead ? 'not-modified' : 'failed'
  }
  // Step 4, by section 13.1.3.
  const unchanged = dated && (modifiedSince === same || modifiedSince === after)
  return isRead && ifNoneMatch === undefined && unchanged ? 'not-modified' : 'proceed'
}
