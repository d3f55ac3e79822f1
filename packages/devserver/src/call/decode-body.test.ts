import { buffer } from 'node:stream/consumers'
import * as zlib from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { acceptEncoding, CODING_LIMIT, DecodeError, decodeBody } from './decode-body.ts'

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

async function decode(bytes: Uint8Array, coding: string, limit?: number): Promise<string> {
  return String(await buffer(decodeBody(inChunks(bytes, 7), coding, limit)))
}

const text = Buffer.from('Hello, '.repeat(1000))

test.for([
  ['gzip', zlib.gzipSync(text)],
  ['X-GZIP', zlib.gzipSync(text)],
  ['deflate', zlib.deflateSync(text)],
  ['br', zlib.brotliCompressSync(text)],
  ['identity', text],
  ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
] as const)('%s is undone', async ([coding, bytes]) => {
  expect(await decode(bytes, coding)).toBe(String(text))
})

const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }

test.runIf(zstdCompressSync !== undefined)('zstd is undone where Node has it', async () => {
  expect(await decode((zstdCompressSync as NonNullable<typeof zstdCompressSync>)(text), 'zstd')).toBe(
    String(text),
  )
})

test('what is undone is what is asked for', () => {
  expect(acceptEncoding()).toBe(`deflate, gzip, br${zstdCompressSync === undefined ? '' : ', zstd'}`)
})

test('no bytes stay no bytes, as those of an answer to HEAD', async () => {
  expect(await decode(new Uint8Array(), 'gzip, br')).toBe('')
})

test.for([
  ['compress', text, 'The content coding compress is not known.'],
  ['gzip', text, 'The answer is not coded as gzip: incorrect header check.'],
  ['br', zlib.brotliCompressSync(text).subarray(0, 12), /^The answer is not coded as br: /],
  [
    Array(CODING_LIMIT + 1)
      .fill('gzip')
      .join(),
    text,
    /^The answer has 6 content codings; expected 5 at most\.$/,
  ],
] as const)('%s that cannot be undone is refused', async ([coding, bytes, message]) => {
  const decoding = decode(bytes, coding)
  await expect(decoding).rejects.toThrow(message)
  await expect(decoding).rejects.toBeInstanceOf(DecodeError)
})

test('a small answer that stands for a large one is cut', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(10_000_000))
  await expect(decode(bomb, 'gzip', 1_000_000)).rejects.toThrow(
    'The answer has more than 1000000 bytes when it is decoded.',
  )
})

test('an answer that breaks off fails with its own error', async () => {
  const broken = (async function* () {
    yield zlib.gzipSync(text).subarray(0, 20)
    throw new Error('aborted')
  })()
  await expect(buffer(decodeBody(broken, 'gzip'))).rejects.toThrow(/^aborted$/)
})

test('bytes come as they are decoded, and not at the end', async () => {
  const endless = zlib.createGzip()
  onTestFinished(() => void endless.destroy())
  endless.write('first')
  endless.flush()
  const { value } = await decodeBody(endless, 'gzip').next()
  expect(String(value)).toBe('first')
})
