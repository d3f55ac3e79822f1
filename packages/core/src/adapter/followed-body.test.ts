import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { collect } from '../body.ts'
import { ClientDisconnected } from '../http-errors.ts'
import { chunkOf, FollowedBody } from './followed-body.ts'

const bodyFor = (measurable = true): FollowedBody =>
  new FollowedBody(
    () => {},
    () => measurable,
  )

test('what is ended before the handlers return is one chunk, at once', () => {
  const body = bodyFor()
  const answer = body.follow(new EventEmitter(), () => {
    body.write('whole', undefined)
    body.end()
  })
  expect(answer).toBe('whole')
})

test('no chunk is the empty one', () => {
  const body = bodyFor()
  expect(body.follow(new EventEmitter(), () => body.end())).toBe('')
})

test('what is ended in the same tick is one chunk, too', async () => {
  const body = bodyFor()
  const answer = body.follow(new EventEmitter(), () => {
    body.writeOn('whole', undefined)
    queueMicrotask(() => body.end())
  })
  expect(await answer).toBe('whole')
})

test('what takes longer is given as it is written', async () => {
  const body = bodyFor()
  const answer = body.follow(new EventEmitter(), () => {
    body.writeOn('one ', undefined)
    setImmediate(() => {
      body.writeOn('two', undefined)
      body.end()
    })
  })
  expect(await answer).toBe(body)
  expect(Buffer.from(await collect(body)).toString()).toBe('one two')
})

test('two chunks are not joined', async () => {
  const body = bodyFor()
  const answer = body.follow(new EventEmitter(), () => {
    body.writeOn('one ', undefined)
    body.write('two', undefined)
    body.end()
  })
  expect(answer).toBe(body)
  expect(await body.next()).toEqual({ done: false, value: 'one ' })
})

test('a chunk whose length may not be told is not given as one', () => {
  const body = bodyFor(false)
  expect(
    body.follow(new EventEmitter(), () => {
      body.write('whole', undefined)
      body.end()
    }),
  ).toBe(body)
})

test('3.2: headers that are flushed go out before there is a chunk', async () => {
  const sent: unknown[] = []
  const body = bodyFor()
  const answer = body.follow(new EventEmitter(), () => {
    body.begin((chunk) => void sent.push(chunk))
    body.flush()
  })
  expect(await answer).toBe(body)
  expect([sent, body.flushed]).toEqual([[''], true])
})

test('so do those of an empty body whose length may not be told', () => {
  const sent: unknown[] = []
  const body = bodyFor(false)
  body.follow(new EventEmitter(), () => {
    body.begin((chunk) => void sent.push(chunk))
    body.end()
  })
  expect([sent, body.flushed]).toEqual([[''], true])
})

test('a response that closes before there is a body has lost its client', async () => {
  const response = new EventEmitter()
  const answer = bodyFor().follow(response, () => {})
  response.emit('close')
  await expect(answer).rejects.toThrow(ClientDisconnected)
})

test('a text in another encoding than UTF-8 is bytes', () => {
  expect(chunkOf('caf\u00e9', 'utf8')).toBe('caf\u00e9')
  expect(chunkOf('caf\u00e9', 'UTF-8' as BufferEncoding)).toBe('caf\u00e9')
  expect(chunkOf('caf\u00e9', () => {})).toBe('caf\u00e9')
  expect(chunkOf('6162', 'hex')).toEqual(Buffer.from('ab'))
  const bytes = new Uint8Array([1])
  expect(chunkOf(bytes, 'latin1')).toBe(bytes)
})
