import { createEnviron } from '@stapel/testing'
import { expect, test, vi } from 'vitest'
import { sendAnswer } from './send-answer.ts'

test('announces the head with its error, and gives the body', () => {
  const startResponse = vi.fn(() => () => {})
  const error = new Error('away')
  const body = ['a']
  const given = sendAnswer(
    { status: '503 Service Unavailable', headers: [['A', 'b']], body, error },
    createEnviron(),
    startResponse,
  )
  expect(given).toBe(body)
  expect(startResponse).toHaveBeenCalledExactlyOnceWith('503 Service Unavailable', [['A', 'b']], error)
})

test('closes the body once where the head is refused', () => {
  const body = Object.assign(['a'], { close: vi.fn() })
  const refuse = (): never => {
    throw new Error('begun')
  }
  expect(() => sendAnswer({ status: '200 OK', headers: [], body }, createEnviron(), refuse)).toThrow('begun')
  expect(body.close).toHaveBeenCalledOnce()
})
