import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validate } from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sendFile } from './send-file.ts'

const size = 5_000_000
const folder = mkdtempSync(join(tmpdir(), 'stapel-send-'))
const path = join(folder, 'large.bin')
const logged: string[] = []
let server: RunningServer

beforeAll(async () => {
  writeFileSync(path, Buffer.alloc(size, 'abcdefghij'))
  const errors = { write: (text: string) => void logged.push(text), flush() {} }
  server = await serve(validate(sendFile(path)), { port: 0, host: '127.0.0.1', errors })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

test.each([
  [{}, 200, size],
  [{ Range: 'bytes=1000000-' }, 206, size - 1_000_000],
  [{ Range: 'bytes=0-9' }, 206, 10],
])(
  'over a real connection %j gives %i with %i bytes',
  async (headers: Record<string, string>, status, length) => {
    const response = await fetch(server.url, { headers })
    expect(response.status).toBe(status)
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(bytes.length).toBe(length)
    expect(Buffer.from(bytes.subarray(-10)).toString()).toBe('abcdefghij')
  },
)

/** How many times this process has the file open; Linux alone tells. */
function countOpen(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === path
    } catch {
      return false
    }
  }).length
}

test.skipIf(!existsSync('/proc/self/fd'))(
  'clients that leave half way, or ask for the head alone, leave no file open (robustness.md P10)',
  async () => {
    for (let i = 0; i < 20; i++) {
      await fetch(server.url, { method: i % 2 === 0 ? 'HEAD' : 'GET' }).then((response) =>
        response.body?.cancel(),
      )
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        get(server.url, resolve).on('error', reject)
      })
      response.on('error', () => {}).destroy()
    }
    await vi.waitFor(() => expect(countOpen()).toBe(0))
    expect(logged).toEqual([])
  },
)
