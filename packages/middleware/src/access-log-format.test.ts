import { createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccessEntry } from './access-log-entry.ts'
import {
  createJsonFormat,
  createOwnFormat,
  defaultFields,
  FIELD_LIMIT,
  formatCombined,
  formatCommon,
  isAccessField,
} from './access-log-format.ts'

function entry(changes: Partial<AccessEntry> = {}): AccessEntry {
  return {
    time: new Date('2026-11-21T14:08:49.123Z'),
    id: 'r1',
    address: '192.0.2.7',
    user: undefined,
    method: 'GET',
    scheme: 'https',
    host: 'example.org',
    target: '/a?b=c',
    path: '/a',
    protocol: 'HTTP/1.1',
    requestSize: undefined,
    status: 200,
    size: 5,
    wait: 1.23456,
    duration: 2.5,
    outcome: 'complete',
    referer: 'https://example.net/',
    agent: 'test/1',
    environ: createEnviron('/', { headers: { 'Accept-Language': 'de', 'Content-Type': 'text/plain' } }),
    headers: [
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
    ...changes,
  }
}

describe('a line', () => {
  test('is combined', () => {
    expect(formatCombined(entry())).toBe(
      '192.0.2.7 - - [21/Nov/2026:14:08:49 +0000] "GET /a?b=c HTTP/1.1" 200 5 "https://example.net/" "test/1"',
    )
  })

  test('is common', () => {
    expect(formatCommon(entry({ user: 'ada', time: new Date(0) }))).toBe(
      '192.0.2.7 - ada [01/Jan/1970:00:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 5',
    )
  })

  test('has a dash for what is not known', () => {
    const line = formatCombined(
      entry({ address: undefined, status: undefined, size: undefined, referer: undefined, agent: '' }),
    )
    expect(line).toBe('- - - [21/Nov/2026:14:08:49 +0000] "GET /a?b=c HTTP/1.1" - - "-" "-"')
  })

  test('has another time a second later', () => {
    expect(formatCommon(entry({ time: new Date(1000) }))).toContain('00:00:01')
    expect(formatCommon(entry({ time: new Date(2000) }))).toContain('00:00:02')
  })
})

// robustness.md H4
describe('what a client sends is escaped', () => {
  test.each([
    ['a\nb', 'a\\x0ab'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['\u001b[31m', '\\x1b[31m'],
    ['a"b', 'a\\"b'],
    ['a\\"b', 'a\\\\\\"b'],
    ['\x7f\x9b', '\\x7f\\x9b'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['\ud800', '\\u{d800}'],
    ['grün', 'grün'],
  ])('%j in a combined line', (sent, expected) => {
    expect(formatCombined(entry({ agent: sent })).endsWith(` "${expected}"`)).toBe(true)
    expect(formatCombined(entry({ referer: sent }))).toContain(` "${expected}" `)
    expect(formatCommon(entry({ target: sent }))).toContain(`"GET ${expected} HTTP`)
  })

  test('a user name takes one place', () => {
    expect(formatCommon(entry({ user: 'ada [x] "y' }))).toContain(' - ada\\x20[x]\\x20\\"y [21/')
  })

  test('in JSON, which says the same after it is read', () => {
    const format = createJsonFormat(['agent'])
    const line = format(entry({ agent: 'a\n"\x9b\u202e\u{e0001}\u2028' })) as string
    expect(line).toBe('{"agent":"a\\n\\"\\u009b\\u202e\\udb40\\udc01\\u2028"}')
    expect(JSON.parse(line)).toEqual({ agent: 'a\n"\x9b\u202e\u{e0001}\u2028' })
  })

  test('in a format of one’s own, but for tabs', () => {
    const format = createOwnFormat(({ method, agent }) => `${method}\t${agent}`)
    expect(format(entry({ agent: 'a\nb\u001b' }))).toBe('GET\ta\\x0ab\\x1b')
    expect(createOwnFormat(() => undefined)(entry())).toBe(undefined)
  })

  test('whatever it is', () => {
    const formats = [
      formatCombined,
      createJsonFormat(['agent', 'target']),
      createOwnFormat(({ agent }) => agent),
    ]
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sent) => {
        for (const format of formats) {
          const line = format(entry({ agent: sent, target: sent, user: sent })) ?? ''
          expect(line).not.toMatch(/(?!\t)[\p{C}\p{Zl}\p{Zp}]/u)
        }
        const parts = formatCombined(entry({ agent: sent, target: sent, user: sent })).match(
          /^\S+ - \S+ \[[^\]]+\] "(?:[^"\\]|\\.)*" 200 5 "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$/u,
        )
        expect(parts).not.toBe(null)
      }),
    )
  })

  test(`is cut at ${FIELD_LIMIT} characters`, () => {
    const agent = 'a'.repeat(FIELD_LIMIT + 1)
    const cut = `${'a'.repeat(FIELD_LIMIT)}…`
    expect(formatCombined(entry({ agent }))).toContain(` "${cut}"`)
    expect(createJsonFormat(['agent'])(entry({ agent }))).toBe(`{"agent":"${cut}"}`)
  })
})

describe('a JSON line', () => {
  test('has the usual fields, in their order, and leaves out what is not known', () => {
    expect(createJsonFormat(defaultFields)(entry())).toBe(
      '{"time":"2026-11-21T14:08:49.123Z","id":"r1","address":"192.0.2.7","method":"GET","host":"example.org",' +
        '"target":"/a?b=c","protocol":"HTTP/1.1","status":200,"size":5,"wait":1.235,"duration":2.5,' +
        '"outcome":"complete","referer":"https://example.net/","agent":"test/1"}',
    )
  })

  test('has the time that it was, in whatever order requests end', () => {
    const format = createJsonFormat(['time'])
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.integer({ min: -1500, max: 1500 }), (time, later) => {
        const other = new Date(Math.max(-8.64e15, Math.min(8.64e15, time.getTime() + later)))
        for (const asked of [time, other, time]) {
          expect(format(entry({ time: asked }))).toBe(JSON.stringify({ time: asked }))
        }
      }),
    )
  })

  test('is what JSON.stringify makes of visible texts and of numbers', () => {
    const format = createJsonFormat(['agent', 'size', 'wait', 'agent'])
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.double(), fc.integer()), (agent, size) => {
        const line = format(entry({ agent, size, wait: undefined }))
        expect(line).toBe(JSON.stringify({ agent, size }).replaceAll('\x7f', '\\u007f'))
      }),
    )
  })

  test('is an object also where nothing is known', () => {
    expect(createJsonFormat(['user', 'requestSize'])(entry())).toBe('{}')
  })

  test('has fields of the request and of the answer', () => {
    const format = createJsonFormat([
      'request.Accept-Language',
      'request.content-type',
      'request.x-none',
      'answer.Set-Cookie',
      'answer.etag',
    ])
    expect(format(entry())).toBe(
      '{"request.Accept-Language":"de","request.content-type":"text/plain","answer.Set-Cookie":"a=1, b=2"}',
    )
  })
})

test.each([
  ['path', true],
  ['request.user-agent', true],
  ['answer.x', true],
  ['ip', false],
  ['request.', false],
  ['request.a b', false],
  // No environ has one: clause 2.
  ['request.x_real_ip', false],
  ['answer.x_time', true],
  ['__proto__', false],
  [1, false],
])('%j is a field: %s', (value, expected) => {
  expect(isAccessField(value)).toBe(expected)
})
