import { type IncomingMessage, OutgoingMessage, type ServerResponse } from 'node:http'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import type { HeaderList, Status } from '../protocol.ts'
import { NodeAnswer } from './node-answer.ts'
import { createRequest } from './node-request.ts'
import {
  createResponse,
  divertHead,
  emitClose,
  hasBody,
  headReceiverOf,
  heldHeaders,
  holdHeaders,
  tellDrain,
} from './node-response.ts'
import { AdapterSocket } from './node-socket.ts'

interface Head {
  status: Status
  headers: HeaderList
  measurable: boolean
}

/** A response whose head goes to a list. */
function response(method = 'GET'): { res: ServerResponse; heads: Head[]; closed: () => number } {
  const environ = createEnviron('/', { method })
  const answer = new NodeAnswer(environ, () => () => {})
  const socket = new AdapterSocket(environ, answer)
  const heads: Head[] = []
  let closed = 0
  const res = createResponse(createRequest(environ, socket) as IncomingMessage, socket, {
    start: (status, headers, measurable) => void heads.push({ status, headers, measurable }),
    closeConnection: () => {
      closed++
    },
  })
  return { res, heads, closed: () => closed }
}

describe('the head', () => {
  test('is final once, with the headers that were set, in their order and spelling', () => {
    const { res, heads } = response()
    res.setHeader('X-A', '1')
    res.setHeader('Set-Cookie', ['a=1', 'b=2'])
    res.statusCode = 201
    res.flushHeaders()
    res.flushHeaders()
    expect(heads).toEqual([
      {
        status: '201 Created',
        headers: [
          ['X-A', '1'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
        measurable: true,
      },
    ])
    expect(res.headersSent).toBe(true)
  })

  test.each<[string, unknown]>([
    ['an object', { 'X-A': '1', 'X-B': ['2', '3'] }],
    ['a flat list', ['X-A', '1', 'X-B', '2', 'X-B', '3']],
    [
      'a list of pairs',
      [
        ['X-A', '1'],
        ['X-B', '2'],
        ['X-B', '3'],
      ],
    ],
  ])('takes the headers of writeHead as %s', (_, headers) => {
    const { res, heads } = response()
    res.writeHead(200, 'Fine', headers as never)
    expect(heads[0]).toMatchObject({
      status: '200 Fine',
      headers: [
        ['X-A', '1'],
        ['X-B', '2'],
        ['X-B', '3'],
      ],
    })
  })

  test('joins the cookies of a request that is answered as it came', () => {
    const { res, heads } = response()
    res.writeHead(200, { Cookie: ['a=1', 'b=2'] })
    expect(heads[0]?.headers).toEqual([['Cookie', 'a=1; b=2']])
  })

  test.each<[string, unknown, string]>([
    ['a name that is no token', { 'X A': '1' }, 'ERR_INVALID_HTTP_TOKEN'],
    ['a value with a line break', { 'X-A': 'a\r\nb' }, 'ERR_INVALID_CHAR'],
    ['a list of an odd number of items', ['X-A'], 'ERR_INVALID_ARG_VALUE'],
  ])('throws for %s as Node does', (_, headers, code) => {
    const { res } = response()
    expect(() => res.writeHead(200, headers as never)).toThrow(expect.objectContaining({ code }))
  })

  test('has no hop-by-hop headers; what they ask for is told', () => {
    const { res, heads, closed } = response()
    res.writeHead(200, {
      Connection: 'X-Own, close',
      'Keep-Alive': 'timeout=5',
      'Transfer-Encoding': 'chunked',
    })
    expect(heads[0]).toEqual({ status: '200 OK', headers: [], measurable: false })
    expect(closed()).toBe(1)
  })

  test('has the length of an answer that is ended with its only chunk', () => {
    const { res, heads } = response()
    res.end('Hello')
    expect(heads[0]).toEqual({ status: '200 OK', headers: [['Content-Length', '5']], measurable: true })
  })

  test('goes to whoever is set last, and to the wire where nobody is', () => {
    const { res, heads } = response()
    const others: Status[] = []
    const other = { start: (status: Status) => void others.push(status), closeConnection: () => {} }
    divertHead(res, other)
    expect(headReceiverOf(res)).toBe(other)
    res.flushHeaders()
    expect([heads.length, others]).toEqual([0, ['200 OK']])
    divertHead(res, undefined)
    expect(headReceiverOf(res)).toBeUndefined()
    expect((res as unknown as { _storeHeader: unknown })._storeHeader).toBe(
      (OutgoingMessage.prototype as unknown as { _storeHeader: unknown })._storeHeader,
    )
  })
})

test('headers that were held back are there again', () => {
  const { res } = response()
  expect(heldHeaders(res)).toBeNull()
  res.setHeader('X-A', '1')
  const held = heldHeaders(res)
  holdHeaders(res, null)
  expect(res.getHeaderNames()).toEqual([])
  holdHeaders(res, held)
  expect(res.getHeader('x-a')).toBe('1')
})

test.each([
  ['GET', 200, true],
  ['HEAD', 200, false],
  ['GET', 204, false],
  ['GET', 304, false],
])('to %s with %i, whether there is a body is %s', (method, status, expected) => {
  const { res } = response(method)
  res.writeHead(status)
  expect(hasBody(res)).toBe(expected)
})

test('a writer that was held back is told of room once', () => {
  const { res } = response()
  let told = 0
  res.on('drain', () => {
    told++
  })
  tellDrain(res)
  expect(res.write('x'.repeat(100_000))).toBe(false)
  expect(res.writableNeedDrain).toBe(true)
  tellDrain(res)
  tellDrain(res)
  expect(told).toBe(1)
  expect(res.writableNeedDrain).toBe(false)
})

test('is closed once', () => {
  const { res } = response()
  let closed = 0
  res.on('close', () => {
    closed++
  })
  emitClose(res)
  emitClose(res)
  expect([closed, res.destroyed, res.closed]).toEqual([1, true, true])
})
