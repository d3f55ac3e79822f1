import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, validate } from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Request, Response } from '../index.ts'
import { boundary, multipart } from './multipart.test-support.ts'

/** The system's folder for temporary files, a new one for each test. */
let temporary = ''
let server: RunningServer | undefined
let logged = ''

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  vi.stubEnv('TMPDIR', temporary)
  logged = ''
})

afterEach(async () => {
  await server?.close({ timeout: 0 })
  vi.unstubAllEnvs()
  rmSync(temporary, { recursive: true })
})

async function start(app: Application): Promise<RunningServer> {
  const errors = {
    write(text: string) {
      logged += text
    },
    flush() {},
  }
  server = await serve(validate(app), { port: 0, host: '127.0.0.1', errors })
  return server
}

const files = Request.application(async (request) => {
  const form = await request.formData()
  const entries = await Promise.all(
    [...form].map(async ([name, value]) => [
      name,
      typeof value === 'string' ? value : (await value.text()).length,
    ]),
  )
  return Response.json(entries)
})

const upload = multipart([
  { name: 'a', content: '1' },
  { name: 'file', filename: 'large.txt', type: 'text/plain', content: 'x'.repeat(3_000_000) },
])
const head =
  `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\n` +
  `Content-Length: ${upload.length}\r\n\r\n`

test('a form that fetch sends arrives as it was, and leaves no temporary file', async () => {
  const { url } = await start(files)
  const form = new FormData()
  form.append('name', 'Ä"\r\n')
  form.append('file', new File(['x'.repeat(2_000_000)], 'large.bin'))
  form.append('file', new File([], 'empty'))
  const answer = await fetch(url, { method: 'POST', body: form })
  expect(await answer.json()).toEqual([
    ['name', 'Ä"\r\n'],
    ['file', 2_000_000],
    ['file', 0],
  ])
  expect(readdirSync(temporary)).toEqual([])
})

test('a form over its limit is answered 413, and the next request is served', async () => {
  const { url } = await start(
    Request.application(async (request) => {
      await request.formData({ file: 1000 })
      return new Response('never')
    }),
  )
  for (let i = 0; i < 3; i++) {
    const form = new FormData()
    form.append('file', new File(['x'.repeat(300_000)], 'a'))
    const answer = await fetch(url, { method: 'POST', body: form })
    expect(answer.status).toBe(413)
    expect(await answer.text()).toContain('a file of more than 1000 bytes')
  }
})

describe('an upload that the client cuts off (robustness.md F2, F4)', () => {
  test.each([0, 30, 100, 200, 1_000_000, upload.length - 30, upload.length - 1])(
    'after %i bytes leaves no temporary file and no unheard failure',
    async (bytes) => {
      const failures: unknown[] = []
      const { port } = await start(
        Request.application(async (request) => {
          await request.formData().catch((error) => failures.push(error))
          return new Response('')
        }),
      )
      const socket = connect(port, '127.0.0.1')
      await new Promise<void>((resolve) => {
        socket.write(head)
        socket.write(upload.subarray(0, bytes), () => resolve())
      })
      socket.destroy()
      await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 5000 })
      expect(failures).toEqual([expect.objectContaining({ name: 'ClientDisconnected' })])
      expect(readdirSync(temporary)).toEqual([])
      expect(logged).toBe('')
    },
  )
})

test('a broken form is answered while the client still sends', async () => {
  const { port } = await start(files)
  const socket = connect(port, '127.0.0.1')
  const answer = new Promise<string>((resolve) => {
    socket.once('data', (data) => resolve(String(data)))
  })
  socket.write(`${head}--${boundary}\r\nnonsense\r\n\r\n`)
  expect(await answer).toMatch(/^HTTP\/1\.1 400 /)
  socket.destroy()
})
