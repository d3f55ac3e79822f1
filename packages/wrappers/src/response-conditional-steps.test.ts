import { HTTPError } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { Response } from './response.ts'

const before = 'Sat, 03 Feb 2024 04:05:05 GMT'
const same = 'Sat, 03 Feb 2024 04:05:06 GMT'
const after = 'Sat, 03 Feb 2024 04:05:07 GMT'

const tags = [undefined, '*', '"v1"', 'W/"v1"', '"v2"', 'v1']
const dates = [undefined, before, after, 'soon']
const ranges = [undefined, 'bytes=0-1', 'bytes=9-', 'bytes=1-0']
const ifRanges = [undefined, '"v1"', 'W/"v1"', '"v2"', same, after, 'soon']

const combinations = tags.flatMap((ifMatch) =>
  dates.flatMap((ifUnmodifiedSince) =>
    tags.flatMap((ifNoneMatch) =>
      dates.flatMap((ifModifiedSince) =>
        ranges.flatMap((range) =>
          (range === undefined ? [undefined] : ifRanges).map((ifRange) => ({
            ifMatch,
            ifUnmodifiedSince,
            ifNoneMatch,
            ifModifiedSince,
            range,
            ifRange,
          })),
        ),
      ),
    ),
  ),
)

type Combination = (typeof combinations)[number]

interface State {
  readonly method: string
  readonly status: number
  readonly weak: boolean
}

test.each<State>([
  { method: 'GET', status: 200, weak: false },
  { method: 'GET', status: 200, weak: true },
  { method: 'HEAD', status: 200, weak: false },
  { method: 'POST', status: 200, weak: false },
  { method: 'PUT', status: 201, weak: false },
  { method: 'GET', status: 203, weak: false },
  { method: 'GET', status: 299, weak: false },
  { method: 'GET', status: 300, weak: false },
  { method: 'GET', status: 404, weak: false },
  { method: 'GET', status: 500, weak: true },
])(
  '$method, which would be answered $status, with each of 12,672 combinations of conditions and ranges (RFC 9110 section 13.2.2, weak tag: $weak)',
  (state) => {
    const wrong = combinations.filter(
      (combination) => answer(state, combination) !== stepByStep(state, combination),
    )
    expect(wrong).toEqual([])
  },
)

test('there are that many combinations', () => {
  expect(combinations).toHaveLength(6 * 4 * 6 * 4 * (1 + 3 * 7))
})

/** The status that the response gets. */
function answer({ method, status, weak }: State, combination: Combination): number {
  const environ = createEnviron('/', { method })
  const keys = {
    ifMatch: 'HTTP_IF_MATCH',
    ifUnmodifiedSince: 'HTTP_IF_UNMODIFIED_SINCE',
    ifNoneMatch: 'HTTP_IF_NONE_MATCH',
    ifModifiedSince: 'HTTP_IF_MODIFIED_SINCE',
    range: 'HTTP_RANGE',
    ifRange: 'HTTP_IF_RANGE',
  } as const
  for (const [name, value] of Object.entries(combination)) {
    if (value !== undefined) environ[keys[name as keyof typeof keys]] = value
  }
  const response = new Response('abcd', { status })
  response.setEtag('v1', { weak })
  response.lastModified = new Date(same)
  try {
    return response.makeConditional(environ, { acceptRanges: true }).status
  } catch (error) {
    if (error instanceof HTTPError) return error.status
    throw error
  }
}

/** The steps of section 13.2.2 as they are written there. */
function stepByStep({ method, status, weak }: State, combination: Combination): number {
  const { ifMatch, ifUnmodifiedSince, ifNoneMatch, ifModifiedSince, range, ifRange } = combination
  // Section 13.2.1; a method that changes something asks before it does.
  if (status < 200 || status > 299 || !['GET', 'HEAD'].includes(method)) return status
  // Step 1.
  if (ifMatch !== undefined && ifMatch !== '*' && (weak || ifMatch !== '"v1"')) return 412
  // Step 2.
  if (ifMatch === undefined && ifUnmodifiedSince === before) return 412
  // Step 3.
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch === '*' || /^(?:W\/)?"v1"$/.test(ifNoneMatch)) return 304
  } else if (ifModifiedSince === after) {
    // Step 4.
    return 304
  }
  // Step 5, for what has a Range that is read, and no If-Range that rules it out.
  if (method !== 'GET' || status !== 200 || range === undefined || range === 'bytes=1-0') return status
  const holds = ifRange === undefined || (!weak && (ifRange === '"v1"' || ifRange === same))
  if (!holds) return status
  return range === 'bytes=9-' ? 416 : 206
}
