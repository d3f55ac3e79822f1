import { expect, test } from 'vitest'
import { formatAccept, parseAccept } from './accept.ts'
import { formatChallenges } from './challenge.ts'
import { formatEntityTags } from './etag.ts'
import { formatForwarded } from './forwarded.ts'
import { joinMembers } from './join-members.ts'
import { formatLinks } from './link.ts'
import { formatList } from './list.ts'

test('formats each value of any iterable, with commas between', () => {
  expect(joinMembers(['a', 'b'], (text) => text.toUpperCase())).toBe('A, B')
  expect(joinMembers(new Set([1]), String)).toBe('1')
  expect(joinMembers([], String)).toBe('')
})

test('the format gets the value alone', () => {
  const given: unknown[][] = []
  joinMembers(['a'], (...all: unknown[]) => String(given.push(all)))
  expect(given).toEqual([['a']])
})

test.each([
  ['Link', formatLinks, { target: '/', rel: ['next'] }],
  ['WWW-Authenticate', formatChallenges, { scheme: 'Basic' }],
  ['If-Match', formatEntityTags, { value: 'a', weak: false }],
  ['Forwarded', formatForwarded, { for: '192.0.2.1' }],
  ['Accept', formatAccept, parseAccept('text/html')[0]],
  ['a list', formatList, 7],
])('one value of %s in place of a list throws', (_, format, value) => {
  expect(() => (format as (values: unknown) => string)(value)).toThrow(
    new TypeError(`Got ${JSON.stringify(value)}; expected a list.`),
  )
})

test('relations that are no list throw', () => {
  const link = { target: '/', rel: 'next' as unknown as string[] }
  expect(() => formatLinks([link])).toThrow(
    'Got the relations "next"; expected one or more, as in [\'next\'].',
  )
})
