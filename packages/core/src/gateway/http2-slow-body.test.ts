import { once } from 'node:events'
import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import { ClientDisconnected } from '../http-errors.ts'
import { answerOf, http2, session } from './http2.test-support.ts'
import { gate, serveForTest } from './raw.test-support.ts'

test('a body that does not arrive is answered 408, its reader told, and its connection kept', async () => {
  const failures: unknown[] = []
  const aborted = gate()
  const server = await serveForTest(
    async (environ, startResponse) => {
      if (environ.PATH_INFO === '/upload') {
        environ['stapel.context'].signal.addEventListener('abort', () => aborted.open())
        try {
          for await (const _ of environ['wsgi.input']);
        } catch (error) {
          failures.push(error)
          throw error
        }
      }
      startResponse('200 OK', [])
      return 'whole'
    },
    { ...http2, requestTimeout: 50 },
  )
  const client = session(server)
  const stream = client.request({ ':method': 'POST', ':path': '/upload' })
  stream.write('a part')
  expect(await answerOf(stream)).toMatchObject({ status: 408, text: '408 Request Timeout\n' })
  await aborted.opened
  expect(failures).toEqual([expect.any(ClientDisconnected)])
  expect(server.log).toEqual([])
  expect((await answerOf(client.request({ ':path': '/other' }))).text).toBe('whole')
})

test('one that is read at once, too', async () => {
  const failures: unknown[] = []
  const server = await serveForTest(
    async (environ, startResponse) => {
      await environ['stapel.context'].read().catch((error) => failures.push(error))
      startResponse('200 OK', [])
      return ''
    },
    { ...http2, requestTimeout: 50 },
  )
  const stream = session(server).request({ ':method': 'POST', ':path': '/' })
  stream.write('a part')
  expect((await answerOf(stream)).status).toBe(408)
  expect(failures).toEqual([expect.any(ClientDisconnected)])
})

test('where the answer has begun, its stream is reset', async () => {
  const returned = gate()
  const server = await serveForTest(
    async function* (environ, startResponse) {
      startResponse('200 OK', [])
      try {
        yield 'begun'
        for await (const chunk of environ['wsgi.input']) yield chunk
      } finally {
        returned.open()
      }
    },
    { ...http2, requestTimeout: 50 },
  )
  const stream = session(server).request({ ':method': 'POST', ':path': '/' })
  const answer = answerOf(stream)
  stream.write(' part')
  expect(await answer).toMatchObject({ status: 200, code: constants.NGHTTP2_CANCEL })
  await returned.opened
})

test('a request that is whole has all the time that its application takes', async () => {
  const proceed = gate()
  const server = await serveForTest(
    async (environ, startResponse) => {
      await environ['stapel.context'].read()
      await proceed.opened
      startResponse('200 OK', [])
      return 'done'
    },
    { ...http2, requestTimeout: 30 },
  )
  const stream = session(server).request({ ':method': 'POST', ':path': '/' })
  const answer = answerOf(stream)
  stream.end('whole')
  await once(server.server, 'request')
  setTimeout(proceed.open, 100)
  expect(await answer).toMatchObject({ status: 200, text: 'done', code: 0 })
})
