import { expect, test } from 'vitest'
import { HTTPError } from '../http-error.ts'
import { MethodNotAllowed } from '../http-errors.ts'
import { toConnectError } from './connect-error.ts'

test('an HTTPError has its headers by name, repeats as a list', () => {
  const error = new HTTPError(401, 'Who are you?', {
    headers: [
      ['WWW-Authenticate', 'Basic realm="a"'],
      ['WWW-Authenticate', 'Bearer'],
      ['Cache-Control', 'no-store'],
    ],
  })
  const { headers } = toConnectError(error) as { headers: object }
  expect({ ...headers }).toEqual({
    'WWW-Authenticate': ['Basic realm="a"', 'Bearer'],
    'Cache-Control': 'no-store',
  })
})

test('it is still that error', () => {
  const error = new MethodNotAllowed(['GET', 'HEAD'])
  const handed = toConnectError(error) as MethodNotAllowed
  expect(handed).toBeInstanceOf(MethodNotAllowed)
  expect(handed).toMatchObject({ status: 405, message: error.message, name: error.name, code: error.code })
  expect(handed.stack).toBe(error.stack)
  expect(error.headers).toEqual([['Allow', 'GET, HEAD']])
})

test('any other error goes on as it is', () => {
  const plain = new Error('plain')
  const bare = new HTTPError(404)
  expect(toConnectError(plain)).toBe(plain)
  expect(toConnectError(bare)).toBe(bare)
  expect(toConnectError(undefined)).toBe(undefined)
})
