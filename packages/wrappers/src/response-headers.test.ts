import { describe, expect, test } from 'vitest'
import { Response } from './response.ts'

describe('headers that may not be sent', () => {
  test.each([
    [{ 'X Bad': '1' }, 'Got the header name "X Bad"'],
    [{ 'X-Bad': 'a\r\nSet-Cookie: b=1' }, 'for the header X-Bad'],
    [{ 'X-Bad': 5 as never }, 'for the header X-Bad'],
    [[['X-Bad', 'Straße €']] as [string, string][], 'for the header X-Bad'],
    [new Map([['Transfer-Encoding', 'chunked']]), 'the gateway alone sets it'],
  ])('throw when the Response is made: %j', (headers, message) => {
    expect(() => new Response('', { headers })).toThrow(message)
    expect(() => Response.json(1, { headers })).toThrow(message)
  })

  test.each([{ mimetype: 'text/html\r\nX: 1' }, { contentType: 'text/html\n' }, { mimetype: 5 as never }])(
    'nor may the type: %j',
    (init) => {
      expect(() => new Response('', init)).toThrow('for the type of a response')
    },
  )

  test('leave no body open', () => {
    let closed = 0
    const body = { *[Symbol.iterator]() {}, close: () => void closed++ }
    for (const init of [{ headers: { 'X-Bad': '\n' } }, { status: 99 }, { contentType: '\n' }]) {
      expect(() => new Response(body, init)).toThrow()
    }
    expect(closed).toBe(3)
  })
})
