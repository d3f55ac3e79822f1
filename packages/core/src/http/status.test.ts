import { STATUS_CODES } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFieldValue } from './field.ts'
import { isEmptyStatus, reasonPhrases, statusLine } from './status.ts'

test('a known code gets its reason', () => {
  expect(statusLine(200)).toBe('200 OK')
  expect(statusLine(413)).toBe('413 Content Too Large')
})

test('an unknown code gets an empty reason', () => {
  expect(statusLine(299)).toBe('299 ')
  expect(statusLine(999)).toBe('999 ')
})

test.each([199, 1000, 200.5, Number.NaN, '200'])('%s is refused', (code) => {
  expect(() => statusLine(code as number)).toThrow(RangeError)
})

test('every final code that Node knows is known', () => {
  const final = Object.keys(STATUS_CODES)
    .map(Number)
    .filter((code) => code >= 200)
  // 509 is in no registry.
  expect(final.filter((code) => !reasonPhrases.has(code) && code !== 509 && code !== 510)).toEqual([])
})

test.each([
  { code: 100, empty: true },
  { code: 200, empty: false },
  { code: 204, empty: true },
  { code: 205, empty: true },
  { code: 206, empty: false },
  { code: 304, empty: true },
  { code: 404, empty: false },
])('$code is empty: $empty', ({ code, empty }) => {
  expect(isEmptyStatus(code)).toBe(empty)
})

test('every code from 200 to 999 has a line that begins with it and holds no control (robustness.md H1)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 999 }), (code) => {
      const line = statusLine(code)
      expect(line.startsWith(`${code} `)).toBe(true)
      expect(isFieldValue(line)).toBe(true)
      expect(line.slice(4)).toBe(reasonPhrases.get(code) ?? '')
    }),
  )
})

test.each([-1, 0, 100, 101, 103, Number.POSITIVE_INFINITY, 2 ** 31, '404\r\nX: y', null, undefined])(
  '%j is no status of an answer',
  (code) => {
    expect(() => statusLine(code as number)).toThrow(/expected an integer from 200 to 999/)
  },
)

test.each([
  [413, 'Content Too Large'],
  [422, 'Unprocessable Content'],
  [421, 'Misdirected Request'],
  [425, 'Too Early'],
  [308, 'Permanent Redirect'],
  [451, 'Unavailable For Legal Reasons'],
])('%d has the reason of RFC 9110 and the registry: %s', (code, reason) => {
  expect(reasonPhrases.get(code)).toBe(reason)
})

test('the reasons are those of the registry (RFC 9110 section 15 and others), and of a teapot', () => {
  const registered = `
    200 OK|201 Created|202 Accepted|203 Non-Authoritative Information|204 No Content|205 Reset Content|206 Partial Content
    207 Multi-Status|208 Already Reported|226 IM Used
    300 Multiple Choices|301 Moved Permanently|302 Found|303 See Other|304 Not Modified|305 Use Proxy
    307 Temporary Redirect|308 Permanent Redirect
    400 Bad Request|401 Unauthorized|402 Payment Required|403 Forbidden|404 Not Found|405 Method Not Allowed
    406 Not Acceptable|407 Proxy Authentication Required|408 Request Timeout|409 Conflict|410 Gone|411 Length Required
    412 Precondition Failed|413 Content Too Large|414 URI Too Long|415 Unsupported Media Type|416 Range Not Satisfiable
    417 Expectation Failed|418 I'm a Teapot|421 Misdirected Request|422 Unprocessable Content|423 Locked
    424 Failed Dependency|425 Too Early|426 Upgrade Required|428 Precondition Required|429 Too Many Requests
    431 Request Header Fields Too Large|451 Unavailable For Legal Reasons
    500 Internal Server Error|501 Not Implemented|502 Bad Gateway|503 Service Unavailable|504 Gateway Timeout
    505 HTTP Version Not Supported|506 Variant Also Negotiates|507 Insufficient Storage|508 Loop Detected
    511 Network Authentication Required`
  expect([...reasonPhrases.keys()].map(statusLine)).toEqual(registered.trim().split(/\||\n\s+/))
})

test('exactly 1xx, 204, 205 and 304 have no content', () => {
  const empty = Array.from({ length: 1000 }, (_, code) => code).filter(
    (code) => code >= 100 && isEmptyStatus(code),
  )
  expect(empty).toEqual([...Array.from({ length: 100 }, (_, code) => 100 + code), 204, 205, 304])
})
