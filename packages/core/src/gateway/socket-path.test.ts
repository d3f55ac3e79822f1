import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { validate } from '../validate.ts'
import { rawRequest, serveForTest } from './raw.test-support.ts'
import { checkSocketPath, SOCKET_PATH_LIMIT } from './socket-path.ts'

const hello: Application = validate((_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
})

/** A path of so many bytes in a new directory. */
async function pathOf(bytes: number): Promise<{ directory: string; path: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'stapel-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return { directory, path: `${directory}/`.padEnd(bytes, 'x') }
}

describe.skipIf(process.platform === 'win32')('the path of a unix socket', () => {
  test('is served where it is as long as it may be', async () => {
    const { path } = await pathOf(SOCKET_PATH_LIMIT)
    const server = await serveForTest(hello, { path })
    expect(server.url).toBe(path)
    expect(await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/Hello$/)
  })

  test('is refused where it is longer, and nothing listens on what would be left of it', async () => {
    const { directory, path } = await pathOf(SOCKET_PATH_LIMIT + 1)
    await expect(serveForTest(hello, { path })).rejects.toThrow(
      new RangeError(
        `Got a path of ${SOCKET_PATH_LIMIT + 1} bytes for a unix socket; expected at most ${SOCKET_PATH_LIMIT}. Take a shorter one, or one relative to the working directory.`,
      ),
    )
    expect(await readdir(directory)).toEqual([])
  })

  test('is counted in bytes', () => {
    expect(() => checkSocketPath('ä'.repeat(SOCKET_PATH_LIMIT))).toThrow(RangeError)
    expect(() => checkSocketPath('a'.repeat(SOCKET_PATH_LIMIT))).not.toThrow()
  })
})
