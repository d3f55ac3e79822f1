import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Body,
  collect,
  FilePieces,
  type FileWrapper,
  type FileWrapperOptions,
  type OpenFile,
} from '@stapel/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileContent, KeptContent, WHOLE_READ_SIZE } from './content.ts'

let directory: string
let file: OpenFile & { closed: number }
const bytes = Buffer.from(Uint8Array.from({ length: 3 * WHOLE_READ_SIZE }, (_, index) => index % 251))

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stapel-content-'))
  await writeFile(join(directory, 'file'), bytes)
  const handle = await open(join(directory, 'file'))
  file = {
    closed: 0,
    // At most 1000 bytes at a time, as a file system may give them.
    read: (buffer, offset, length, position) => handle.read(buffer, offset, Math.min(length, 1000), position),
    close: () => {
      file.closed++
      return handle.close()
    },
  }
})

afterEach(async () => {
  // A handle that is left to the garbage collector is an error of Node 26.
  if (file.closed === 0) await file.close()
  await rm(directory, { recursive: true })
})

/** The gateway's body, and what it was asked for. */
function recording(): { wrapper: FileWrapper; asked: (FileWrapperOptions | undefined)[] } {
  const asked: (FileWrapperOptions | undefined)[] = []
  const wrapper: FileWrapper = (source, options) => {
    asked.push(options)
    return new FilePieces(source, [{ first: options?.start ?? 0, last: (options?.end ?? 0) - 1 }])
  }
  return { wrapper, asked }
}

function range(first: number, last: number) {
  return {
    contentRange: '',
    contentType: undefined,
    contentLength: last + 1 - first,
    pieces: [{ first, last }],
  }
}

describe('an open file', () => {
  test('that is large is sent by the gateway, also a range of it', async () => {
    const { wrapper, asked } = recording()
    const whole = await new FileContent(file, bytes.length, wrapper).take('whole')
    const part = await new FileContent(file, bytes.length, wrapper).take(range(5, WHOLE_READ_SIZE + 5))
    expect(asked).toEqual([
      { start: 0, end: bytes.length },
      { start: 5, end: WHOLE_READ_SIZE + 6 },
    ])
    expect(whole).toBeInstanceOf(FilePieces)
    expect(part).toBeInstanceOf(FilePieces)
    await (whole as FilePieces).close()
  })

  test('that is large is read in pieces where the gateway has no way of its own', async () => {
    const body = await new FileContent(file, bytes.length, undefined).take('whole')
    expect(Buffer.from(await collect(body)).equals(bytes)).toBe(true)
    expect(file.closed).toBe(1)
  })

  test('of which little is asked for is read at once, with the texts between its pieces', async () => {
    const { wrapper, asked } = recording()
    const content = new FileContent(file, bytes.length, wrapper)
    const body = await content.take({
      contentRange: undefined,
      contentType: 'multipart/byteranges; boundary=b',
      contentLength: 2_006,
      pieces: ['one', { first: 0, last: 999 }, 'two', { first: 2_000, last: 2_999 }],
    })
    const expected = Buffer.concat([
      Buffer.from('one'),
      bytes.subarray(0, 1_000),
      Buffer.from('two'),
      bytes.subarray(2_000, 3_000),
    ])
    expect(Buffer.from(body as Uint8Array).equals(expected)).toBe(true)
    expect(asked).toEqual([])
    await content.close(body)
    expect(file.closed).toBe(1)
  })

  test('that has become too short is answered 503, to be tried again', async () => {
    const content = new FileContent(file, bytes.length + 10, undefined)
    await expect(content.read(0, bytes.length + 10)).rejects.toMatchObject({
      status: 503,
      cause: { code: 'ERR_STAPEL_FILE_TRUNCATED' },
    })
    await content.close(undefined)
  })

  test.each(['sent', 'not sent'])('is closed once, when its body was %s', async (what) => {
    const content = new FileContent(file, bytes.length, undefined)
    const body = (await content.take('whole')) as Body
    await content.close(what === 'sent' ? body : undefined)
    expect(file.closed).toBe(what === 'sent' ? 0 : 1)
    await (body as FilePieces).close()
    expect(file.closed).toBe(1)
  })
})

describe('what is in memory', () => {
  test('is sent as it is, without a copy', () => {
    expect(new KeptContent(bytes).take('whole')).toBe(bytes)
  })

  test('gives its parts', () => {
    const part = new KeptContent(bytes).take(range(3, 8)) as Uint8Array
    expect(Buffer.from(part).equals(bytes.subarray(3, 9))).toBe(true)
  })
})
