import { type Application, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode } from './compress.test-support.ts'
import { compress } from './compress.ts'

/** The application that answers with these texts in turn, and a client of it that takes gzip. */
function saying(texts: readonly string[], options: Parameters<typeof compress>[0] = {}) {
  let next = 0
  const app: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
    return texts[next++ % texts.length] as string
  }
  const client = new Client(validate(compress({ ...options, threshold: 1 })(validate(app))))
  return () => client.get('/', { headers: { 'Accept-Encoding': 'gzip' } })
}

test.each([
  ['at the default level', 6],
  ['above it, on the thread pool', 9],
])('texts in turn come out as they went in, %s', async (_where, level) => {
  const texts = ['a'.repeat(20_000), 'ß'.repeat(10_000), '\ud83d\ude00'.repeat(9_000), 'b'.repeat(30_000)]
  const ask = saying(texts, { level })
  const answers = await Promise.all(texts.map(ask))
  expect(answers.map((answer) => decode('gzip', answer.bytes()).toString())).toEqual(texts)
})

test.each([65_535, 65_536, 65_537])('a text of %i bytes comes out whole', async (size) => {
  const text = `${'ß'.repeat((size - 1) >> 1)}${size % 2 === 0 ? 'ab' : 'a'}`
  expect(Buffer.byteLength(text)).toBe(size)
  const answer = await saying([text])()
  expect(decode('gzip', answer.bytes()).toString()).toBe(text)
})

test('a text is sent as UTF-8 whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ minLength: 1 }),
      async (...texts) => {
        const ask = saying(texts)
        for (const text of texts) {
          expect(decode('gzip', (await ask()).bytes())).toEqual(Buffer.from(text))
        }
      },
    ),
    { numRuns: 20 },
  )
})

test('half a surrogate pair becomes the replacement character', async () => {
  const answer = await saying(['a\ud83d'])()
  expect(decode('gzip', answer.bytes()).toString()).toBe('a\ufffd')
})
