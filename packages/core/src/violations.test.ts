import { describe, expect, test } from 'vitest'
import { fetchHandler } from './gateway/fetch-handler.ts'
import { serveForTest } from './gateway/raw.test-support.ts'
import type { Application } from './protocol.ts'
import { badChunk, checkRestart, tooLong, tooShort } from './violations.ts'

describe('startResponse', () => {
  test('may be called first, and again with an error before the answer has begun', () => {
    checkRestart(false, false, undefined)
    checkRestart(false, true, new Error('replaced'))
  })

  test('may not be called again without an error', () => {
    expect(() => checkRestart(false, true, undefined)).toThrow('protocol 3.3')
  })

  test('throws the error that it was given after the answer has begun, or says so', () => {
    const error = new Error('too late')
    expect(() => checkRestart(true, true, error)).toThrow(error)
    expect(thrownBy(() => checkRestart(true, true, null))).toBe(null)
    expect(() => checkRestart(true, true, undefined)).toThrow('after the answer had begun')
  })
})

test('what is said shows what was got', () => {
  expect(badChunk('The body gave', 7).message).toContain('The body gave the number 7; expected chunks')
  expect(tooLong(3).message).toContain('Content-Length of 3')
  expect(tooShort(2, 3).message).toContain('after 2 bytes, its Content-Length is 3')
})

// One gateway says of an application what the other says.
const wrong: Record<string, Application> = {
  'no call of startResponse': () => 'text',
  'a second call': (_environ, startResponse) => {
    startResponse('200 OK', [])
    startResponse('200 OK', [])
    return ''
  },
  'a chunk that is none': (_environ, startResponse) => {
    startResponse('200 OK', [])
    return [7] as never
  },
  'too long a body': (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', '1']])
    return 'two'
  },
}

test.each(Object.entries(wrong))('of %s all gateways log the same', async (_, app) => {
  const logged: string[] = []
  const errors = { write: (text: string) => void logged.push(text.split('\n')[0] as string), flush: () => {} }
  await (await fetchHandler(app, { errors })(new Request('http://a/'))).text()
  const server = await serveForTest(app, { validated: false, errors })
  await (await fetch(server.url)).text()
  expect(logged).toHaveLength(2)
  expect(logged[0]).toBe(logged[1])
})

/** As `toThrow` takes no value that is no Error. */
function thrownBy(call: () => void): unknown {
  try {
    call()
  } catch (thrown) {
    return thrown
  }
  return undefined
}
