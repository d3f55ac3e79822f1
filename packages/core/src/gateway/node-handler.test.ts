import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { validate } from '../validate.ts'
import { attach } from './attach.ts'
import { nodeHandler } from './node-handler.ts'
import { rawRequest } from './raw.test-support.ts'

test('nodeHandler keeps headers that the server has set before, and replaces those that the application sets', async () => {
  const handle = nodeHandler(
    validate((_environ, startResponse) => {
      startResponse('200 OK', [
        ['Content-Type', 'text/plain'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ])
      return 'Hello'
    }),
  )
  const server = createServer((req, res) => {
    res.setHeader('X-Powered-By', 'test')
    res.setHeader('Content-Type', 'text/html')
    res.setHeader('Set-Cookie', 'first=1')
    handle(req, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(answer.headers.get('x-powered-by')).toBe('test')
  expect(answer.headers.get('content-type')).toBe('text/plain')
  expect(answer.headers.getSetCookie()).toEqual(['first=1', 'a=1', 'b=2'])
})

test('nodeHandler mounts an application in a server that answers other requests itself', async () => {
  const app: Application = validate((environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return `application at ${environ.PATH_INFO}`
  })
  const handle = nodeHandler(app)
  const server = createServer((req, res) => {
    if (req.url?.startsWith('/app')) handle(req, res)
    else res.end('server')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await (await fetch(`${base}/app/1`)).text()).toBe('application at /app/1')
  expect(await (await fetch(`${base}/other`)).text()).toBe('server')
})

test('nodeHandler serves a request without a Host where its server lets it through; attach refuses it', async () => {
  const app: Application = validate((environ, startResponse) => {
    startResponse('200 OK', [])
    return `host: ${environ.HTTP_HOST}`
  })
  const lenient = createServer({ requireHostHeader: false }, nodeHandler(app))
  const strict = createServer({ requireHostHeader: false })
  attach(strict, app)
  expect(await answerWithoutHost(lenient)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*host: undefined$/)
  expect(await answerWithoutHost(strict)).toMatch(/^HTTP\/1\.1 400 Bad Request/)
})

test('a failure is written to the log that was given', async () => {
  const log: string[] = []
  const handle = nodeHandler(
    () => {
      throw new Error('on purpose')
    },
    { errors: { write: (text) => void log.push(text), flush: () => {} } },
  )
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('on purpose')
  expect(log.join('')).toContain('on purpose')
})

test('nodeHandler refuses what is no application when it is called', () => {
  expect(() => nodeHandler(undefined as never)).toThrow('Got undefined for the application')
})

test('a malformed request is answered in HTML where the client prefers it', async () => {
  const server = createServer(
    { requireHostHeader: false },
    nodeHandler(() => ''),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/%00`, { headers: { accept: 'text/html' } })
  expect(answer.status).toBe(400)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
})

async function answerWithoutHost(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return rawRequest({ port, url: '' }, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
}
