import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { collect } from '../body.ts'
import type { FileWrapper, FileWrapperOptions, OpenFile } from '../file-wrapper.ts'
import type { Application } from '../protocol.ts'
import { stack } from '../stack.ts'
import { transform } from '../transform.ts'
import { fileWrapper } from './file-body.ts'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

/** A file of one test, and how often it was closed. */
async function fileOf(
  content: Uint8Array,
): Promise<OpenFile & { path: string; closed: number; reads: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-file-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'file')
  await writeFile(path, content)
  const handle = await open(path)
  onTestFinished(() => handle.close().catch(() => {}))
  const file = {
    path,
    closed: 0,
    reads: 0,
    read: (buffer: Uint8Array, offset: number, length: number, position: number) => {
      file.reads++
      return handle.read(buffer, offset, length, position)
    },
    close: () => {
      file.closed++
      return handle.close()
    },
  }
  return file
}

/** Bytes of which no two stretches are alike. */
function bytes(size: number): Buffer {
  const content = Buffer.alloc(size)
  for (let i = 0; i + 4 <= size; i += 4) content.writeUInt32LE(i, i)
  return content
}

function sending(file: OpenFile, options?: FileWrapperOptions): Application {
  return (environ, startResponse) => {
    startResponse('200 OK', [])
    return (environ['wsgi.file_wrapper'] as FileWrapper)(file, options)
  }
}

describe('as a body', () => {
  test.each([
    ['the whole file', undefined, 0, 10],
    ['from a byte on', { start: 4 }, 4, 10],
    ['a range', { start: 2, end: 9 }, 2, 9],
    ['a range in small pieces', { start: 2, end: 9, chunkSize: 2 }, 2, 9],
    ['an empty range', { start: 5, end: 5 }, 5, 5],
    ['a start beyond the end', { start: 20 }, 10, 10],
  ])('it gives %s, and closes the file once', async (_, options, start, end) => {
    const content = bytes(10)
    const file = await fileOf(content)
    const body = fileWrapper(file, options)
    expect(Buffer.from(await collect(body))).toEqual(content.subarray(start, end))
    await body.close?.()
    expect(file.closed).toBe(1)
  })

  test('its chunks may be kept', async () => {
    const content = bytes(100)
    const kept: Uint8Array[] = []
    for await (const chunk of fileWrapper(await fileOf(content), { chunkSize: 32 }))
      kept.push(chunk as Uint8Array)
    expect(Buffer.concat(kept)).toEqual(content)
    expect(kept.map((chunk) => chunk.length)).toEqual([32, 32, 32, 4])
  })

  test('a file that ends early throws, and is closed', async () => {
    const file = await fileOf(bytes(10))
    await expect(collect(fileWrapper(file, { end: 12 }))).rejects.toMatchObject({
      code: 'ERR_STAPEL_FILE_TRUNCATED',
      message: 'The file got shorter while it was sent: 2 bytes are missing.',
    })
    expect(file.closed).toBe(1)
  })

  test('a file that cannot be read throws what the reading threw, and is closed', async () => {
    let closed = 0
    const file: OpenFile = {
      read: () => Promise.reject(new Error('broken disk')),
      close: async () => void closed++,
    }
    await expect(collect(fileWrapper(file))).rejects.toThrow('broken disk')
    expect(closed).toBe(1)
  })

  test('one that is left or never read is closed once', async () => {
    const left = await fileOf(bytes(10))
    for await (const _ of fileWrapper(left, { chunkSize: 2 })) break
    const unread = await fileOf(bytes(10))
    const body = fileWrapper(unread)
    await body.close?.()
    await body.close?.()
    expect([left.closed, unread.closed, unread.reads]).toEqual([1, 1, 0])
  })

  test.each([
    ['a path', '/etc/hosts', undefined, TypeError],
    ['nothing', undefined, undefined, TypeError],
    ['a start below 0', {}, { start: -1 }, RangeError],
    ['an end before the start', {}, { start: 5, end: 4 }, RangeError],
    ['a chunk size of 0', {}, { chunkSize: 0 }, RangeError],
    ['a chunk size without a bound', {}, { chunkSize: Number.POSITIVE_INFINITY }, RangeError],
  ])('%s throws where it is called', (_, source, options, error) => {
    const file = typeof source === 'object' ? { read: () => {}, close: () => {} } : source
    expect(() => fileWrapper(file as never, options)).toThrow(error)
  })
})

test('it takes a FileHandle as it is', async () => {
  const { path } = await fileOf(bytes(10))
  const handle = await open(path)
  expect(Buffer.from(await collect(fileWrapper(handle, { start: 8 })))).toEqual(bytes(10).subarray(8))
  await expect(handle.stat()).rejects.toMatchObject({ code: 'EBADF' })
})

describe('sent by the gateway', () => {
  const content = bytes(3_000_000)

  test('many clients at once get every byte, from buffers that are used again', async () => {
    const files = await Promise.all(Array.from({ length: 8 }, () => fileOf(content)))
    const queue = [...files]
    const server = await serveForTest(
      (environ, startResponse) => sending(queue.pop() as OpenFile)(environ, startResponse),
      { validated: false },
    )
    const answers = await Promise.all(
      files.map(() => fetch(server.url).then((answer) => answer.arrayBuffer())),
    )
    for (const answer of answers) expect(Buffer.compare(Buffer.from(answer), content)).toBe(0)
    expect(files.map((file) => file.closed)).toEqual(files.map(() => 1))
    expect(server.log).toEqual([])
  })

  test('a range is sent with its length, chunk sizes of all kinds arrive whole', async () => {
    const file = await fileOf(content)
    const server = await serveForTest(
      (environ, startResponse) => {
        startResponse('206 Partial Content', [['Content-Length', '100000']])
        return (environ['wsgi.file_wrapper'] as FileWrapper)(file, {
          start: 7,
          end: 100_007,
          chunkSize: 999,
        })
      },
      { validated: false },
    )
    const answer = await rawRequest(server, get)
    const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(Buffer.compare(body, content.subarray(7, 100_007))).toBe(0)
  })

  test('layers in between see an ordinary body, also inside validate()', async () => {
    const file = await fileOf(content)
    const upper = transform((answer) => ({ ...answer, headers: [...answer.headers, ['X-Layer', 'yes']] }))
    const server = await serveForTest(stack(sending(file), upper))
    const answer = await fetch(server.url)
    expect(answer.headers.get('x-layer')).toBe('yes')
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), content)).toBe(0)
    expect(file.closed).toBe(1)
    expect(server.log).toEqual([])
  })

  test('HEAD reads nothing and closes the file', async () => {
    const file = await fileOf(content)
    const server = await serveForTest(sending(file), { validated: false })
    await rawRequest(server, get.replace('GET', 'HEAD'))
    expect([file.closed, file.reads]).toEqual([1, 0])
  })

  test('a client that takes nothing has the file wait, one that goes has it closed', async () => {
    const closed = gate()
    const large = await fileOf(Buffer.alloc(64_000_000))
    const watched: OpenFile = {
      read: large.read,
      close: async () => {
        await large.close()
        closed.open()
      },
    }
    const server = await serveForTest(sending(watched), { validated: false })
    const connection = await RawConnection.open(server)
    connection.socket.pause()
    connection.send(get)
    await expect.poll(() => large.reads).toBeGreaterThan(0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(large.reads).toBeLessThan(100)
    connection.socket.destroy()
    await closed.opened
    expect(large.closed).toBe(1)
    expect(server.log).toEqual([])
  })

  test('a file that gets shorter cuts the connection, and is logged', async () => {
    const file = await fileOf(content)
    const server = await serveForTest(
      async (environ, startResponse) => {
        startResponse('200 OK', [['Content-Length', String(content.length)]])
        await truncate(file.path, 10)
        return (environ['wsgi.file_wrapper'] as FileWrapper)(file, { end: content.length })
      },
      { validated: false },
    )
    await expect(fetch(server.url).then((answer) => answer.arrayBuffer())).rejects.toThrow()
    expect(server.log.join('')).toContain('The file got shorter')
    expect(file.closed).toBe(1)
  })
})
