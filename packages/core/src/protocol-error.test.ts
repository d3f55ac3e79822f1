import { expect, test } from 'vitest'
import { isHTTPError } from './http-error.ts'
import { ProtocolError } from './protocol-error.ts'

test('names the clause and the layer, in its fields and in its message', () => {
  const cause = new Error('why')
  const error = new ProtocolError('3.4', 'Got a bad header.', { layer: 'compress', cause })
  expect(error).toMatchObject({
    name: 'ProtocolError',
    code: 'ERR_STAPEL_PROTOCOL',
    status: 500,
    clause: '3.4',
    layer: 'compress',
    cause,
    message: 'compress: Got a bad header. (protocol 3.4)',
  })
})

test('needs no layer', () => {
  const error = new ProtocolError('1', 'Got nothing.')
  expect(error.message).toBe('Got nothing. (protocol 1)')
  expect(error.layer).toBe(undefined)
  expect('cause' in error).toBe(false)
})

test('is no answer for a client', () => {
  expect(isHTTPError(new ProtocolError('1', 'Got nothing.'))).toBe(false)
})
