import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { formatChallenge } from './http/challenge.ts'
import { HTTPError } from './http-error.ts'
import * as errors from './http-errors.ts'
import type { HeaderList } from './protocol.ts'

function headersOf(error: HTTPError): HeaderList {
  let given: HeaderList = []
  error.respond(createEnviron('/'), (_status, headers) => {
    given = headers
    return () => {}
  })
  return given
}

describe('each class', () => {
  test.each([
    { Kind: errors.BadRequest, name: 'BadRequest', status: 400 },
    { Kind: errors.ClientDisconnected, name: 'ClientDisconnected', status: 400 },
    { Kind: errors.SecurityError, name: 'SecurityError', status: 400 },
    { Kind: errors.BadHost, name: 'BadHost', status: 400 },
    { Kind: errors.Unauthorized, name: 'Unauthorized', status: 401 },
    { Kind: errors.Forbidden, name: 'Forbidden', status: 403 },
    { Kind: errors.NotFound, name: 'NotFound', status: 404 },
    { Kind: errors.NotAcceptable, name: 'NotAcceptable', status: 406 },
    { Kind: errors.RequestTimeout, name: 'RequestTimeout', status: 408 },
    { Kind: errors.Conflict, name: 'Conflict', status: 409 },
    { Kind: errors.Gone, name: 'Gone', status: 410 },
    { Kind: errors.LengthRequired, name: 'LengthRequired', status: 411 },
    { Kind: errors.PreconditionFailed, name: 'PreconditionFailed', status: 412 },
    { Kind: errors.ContentTooLarge, name: 'ContentTooLarge', status: 413 },
    { Kind: errors.URITooLong, name: 'URITooLong', status: 414 },
    { Kind: errors.UnsupportedMediaType, name: 'UnsupportedMediaType', status: 415 },
    { Kind: errors.RangeNotSatisfiable, name: 'RangeNotSatisfiable', status: 416 },
    { Kind: errors.ExpectationFailed, name: 'ExpectationFailed', status: 417 },
    { Kind: errors.ImATeapot, name: 'ImATeapot', status: 418 },
    { Kind: errors.MisdirectedRequest, name: 'MisdirectedRequest', status: 421 },
    { Kind: errors.UnprocessableContent, name: 'UnprocessableContent', status: 422 },
    { Kind: errors.Locked, name: 'Locked', status: 423 },
    { Kind: errors.FailedDependency, name: 'FailedDependency', status: 424 },
    { Kind: errors.PreconditionRequired, name: 'PreconditionRequired', status: 428 },
    { Kind: errors.TooManyRequests, name: 'TooManyRequests', status: 429 },
    { Kind: errors.RequestHeaderFieldsTooLarge, name: 'RequestHeaderFieldsTooLarge', status: 431 },
    { Kind: errors.UnavailableForLegalReasons, name: 'UnavailableForLegalReasons', status: 451 },
    { Kind: errors.InternalServerError, name: 'InternalServerError', status: 500 },
    { Kind: errors.NotImplemented, name: 'NotImplemented', status: 501 },
    { Kind: errors.BadGateway, name: 'BadGateway', status: 502 },
    { Kind: errors.ServiceUnavailable, name: 'ServiceUnavailable', status: 503 },
    { Kind: errors.GatewayTimeout, name: 'GatewayTimeout', status: 504 },
    { Kind: errors.HTTPVersionNotSupported, name: 'HTTPVersionNotSupported', status: 505 },
  ])('$name is an HTTPError of $status with its name and a sentence', ({ Kind, name, status }) => {
    const error = new Kind()
    expect(error).toBeInstanceOf(HTTPError)
    expect(error).toMatchObject({ name, status, code: `ERR_HTTP_${status}` })
    expect(error.description).toMatch(/^[A-Z].*\.$/)
  })

  test('takes a description, a cause and headers', () => {
    const cause = new Error('why')
    const error = new errors.Conflict('Somebody was faster.', { cause, headers: [['ETag', '"2"']] })
    expect(error).toMatchObject({ description: 'Somebody was faster.', cause })
    expect(headersOf(error)).toContainEqual(['ETag', '"2"'])
  })
})

describe('BadRequestKeyError', () => {
  // robustness.md E2
  test('names what is missing to the log alone', () => {
    const error = new errors.BadRequestKeyError('na"me')
    expect(error).toBeInstanceOf(errors.BadRequest)
    expect(error).toMatchObject({
      key: 'na"me',
      message: '400 Bad Request: The request lacks the value "na\\"me".',
      description: 'The request lacks a value that it needs.',
    })
  })

  test('names it to the client where that is wanted', () => {
    const error = new errors.BadRequestKeyError('name', { showKey: true, headers: [['X-Form', 'a']] })
    expect(error.description).toBe('The request lacks the value "name".')
    expect(error.headers).toEqual([['X-Form', 'a']])
  })

  test('has its message where none is given', () => {
    const error = new errors.BadRequestKeyError('name', { message: undefined })
    expect(error.message).toBe('400 Bad Request: The request lacks the value "name".')
    expect(new errors.BadRequestKeyError('name', { message: 'Who?' }).message).toBe('400 Bad Request: Who?')
  })
})

test('challenges that are no list throw', () => {
  const challenges = 'Basic' as unknown as string[]
  expect(() => new errors.Unauthorized(undefined, { challenges })).toThrow(
    'Got the string Basic for the challenges; expected a list',
  )
})

test('Unauthorized sends its challenges, one header each', () => {
  const error = new errors.Unauthorized(undefined, {
    challenges: [formatChallenge({ scheme: 'Basic', parameters: { realm: 'a' } }), 'Bearer'],
  })
  expect(headersOf(error).slice(0, 2)).toEqual([
    ['WWW-Authenticate', 'Basic realm="a"'],
    ['WWW-Authenticate', 'Bearer'],
  ])
})

test('MethodNotAllowed sends Allow, also an empty one', () => {
  expect(headersOf(new errors.MethodNotAllowed(['GET', 'HEAD']))).toContainEqual(['Allow', 'GET, HEAD'])
  expect(headersOf(new errors.MethodNotAllowed([]))).toContainEqual(['Allow', ''])
  expect(new errors.MethodNotAllowed(['GET']).allow).toEqual(['GET'])
})

test.each([[['GET', 'a b']], [['']], [['GET\r\n']]])('MethodNotAllowed refuses %j', (allow) => {
  expect(() => new errors.MethodNotAllowed(allow)).toThrow(RangeError)
})

test.each(['GET', undefined, null])('MethodNotAllowed refuses %j, which is no list', (allow) => {
  expect(() => new errors.MethodNotAllowed(allow as never)).toThrow(TypeError)
})

test('RangeNotSatisfiable sends the length where it is known', () => {
  expect(headersOf(new errors.RangeNotSatisfiable(0))).toContainEqual(['Content-Range', 'bytes */0'])
  expect(headersOf(new errors.RangeNotSatisfiable()).map(([name]) => name)).not.toContain('Content-Range')
})

test.each([-1, 0.5, Number.NaN])('RangeNotSatisfiable refuses the length %s', (length) => {
  expect(() => new errors.RangeNotSatisfiable(length)).toThrow(RangeError)
})

describe.each([
  { name: 'TooManyRequests', Kind: errors.TooManyRequests },
  { name: 'ServiceUnavailable', Kind: errors.ServiceUnavailable },
])('$name sends Retry-After', ({ Kind }) => {
  test('as seconds, rounded up', () => {
    expect(headersOf(new Kind(undefined, { retryAfter: 0.2 }))).toContainEqual(['Retry-After', '1'])
    expect(headersOf(new Kind(undefined, { retryAfter: 0 }))).toContainEqual(['Retry-After', '0'])
  })

  test('as a date', () => {
    const retryAfter = new Date(Date.UTC(1994, 10, 6, 8, 49, 37))
    expect(headersOf(new Kind(undefined, { retryAfter }))).toContainEqual([
      'Retry-After',
      'Sun, 06 Nov 1994 08:49:37 GMT',
    ])
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)])('but not %s', (retryAfter) => {
    expect(() => new Kind(undefined, { retryAfter })).toThrow(RangeError)
  })
})
