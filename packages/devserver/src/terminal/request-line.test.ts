import { expect, test } from 'vitest'
import { formatBytes, formatMs, formatRequest, type RequestRecord, TARGET_LIMIT } from './request-line.ts'
import { paletteFor, plain } from './terminal.ts'

const record: RequestRecord = { method: 'GET', target: '/path?q=1', status: 200, bytes: 1234, ms: 3.2 }

test('a request is one line: method, target, status, bytes, time', () => {
  expect(formatRequest(record, plain)).toBe('GET /path?q=1 200 1.2 kB 3 ms')
})

test('how it ended is added where it did not end well', () => {
  expect(formatRequest({ ...record, status: 0, bytes: 0, note: 'client left' }, plain)).toBe(
    'GET /path?q=1 - 0 B 3 ms (client left)',
  )
})

// robustness.md H4
test('what a client sends cannot leave the line', () => {
  expect(formatRequest({ ...record, target: '/\x1b]0;title\x07\n' }, plain)).toBe(
    'GET /\\x1b]0;title\\x07\\x0a 200 1.2 kB 3 ms',
  )
})

test('a long target is cut', () => {
  const line = formatRequest({ ...record, target: `/${'x'.repeat(10_000)}` }, plain)
  expect(line).toHaveLength('GET … 200 1.2 kB 3 ms'.length + TARGET_LIMIT)
})

test.for([
  [204, 32],
  [304, 36],
  [404, 33],
  [500, 31],
  [0, 31],
] as const)('status %i has the colour %i', ([status, colour]) => {
  const line = formatRequest({ ...record, status }, paletteFor({ isTTY: true }, {}))
  expect(line).toContain(` \x1b[${colour}m${status === 0 ? '-' : status}\x1b[39m `)
})

test.for([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [12_345_678, '12.3 MB'],
  [5_000_000_000, '5.0 GB'],
] as const)('%i bytes are %s', ([bytes, text]) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.for([
  [0.2, '0 ms'],
  [999.4, '999 ms'],
  [999.5, '1.00 s'],
  [61_234, '61.23 s'],
] as const)('%d milliseconds are %s', ([ms, text]) => {
  expect(formatMs(ms)).toBe(text)
})
