import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { decode, decodeStart, present } from './compress.test-support.ts'
import { type Coding, type CodingName, codingKinds, createCodings, SLICE_SIZE } from './compress-codings.ts'

function codingOf(name: CodingName, level?: number): Coding {
  const [coding] = createCodings([name], level === undefined ? {} : { [name]: level })
  return coding as Coding
}

/** Bytes that no coder makes smaller. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let i = 0, state = 1; i < size; i++) {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9
    bytes[i] = state >>> 11
  }
  return bytes
}

function text(size: number): Uint8Array {
  const words = Array.from({ length: size / 4 + 1 }, (_, i) => `${(i * 7919) % 1009} `).join('')
  return new TextEncoder().encode(words.slice(0, size))
}

test('codings stand in the order of the names, without those that Node lacks', () => {
  expect(createCodings(codingKinds.keys()).map(({ name }) => name)).toEqual(present)
  expect(createCodings(['gzip', 'zstd', 'br']).map(({ name }) => name)).toEqual(
    present.length === 4 ? ['gzip', 'zstd', 'br'] : ['gzip', 'br'],
  )
})

test('a level is that of all codings, its own, or the default', () => {
  const levels = (level?: number | { br: number }) =>
    createCodings(['br', 'gzip'], level).map((it) => it.level)
  expect(levels()).toEqual([4, 6])
  expect(levels(3)).toEqual([3, 3])
  expect(levels({ br: 9 })).toEqual([9, 6])
})

test('above the default level less is compressed on the event loop', () => {
  expect(codingOf('gzip', 6).syncLimit).toBe(65_536)
  expect(codingOf('gzip', 7).syncLimit).toBe(8192)
})

describe.each(present)('%s', (name) => {
  test.each([1, 100, 249, 250, 251, 1024, 8192, 65_535, 65_536, 65_537, 1_048_576])(
    'gives the same %i bytes back, both ways',
    async (size) => {
      const coding = codingOf(name)
      for (const bytes of [text(size), noise(size)]) {
        expect(decode(name, coding.encodeSync(bytes)).equals(bytes)).toBe(true)
        expect(decode(name, await coding.encode(bytes)).equals(bytes)).toBe(true)
      }
    },
  )

  test('gives the same bytes for the same content', () => {
    const coding = codingOf(name)
    expect(coding.encodeSync(text(5000))).toEqual(coding.encodeSync(text(5000)))
  })

  test('takes each end of its levels, in one go and as a stream', async () => {
    const { minLevel, maxLevel } = codingKinds.get(name) as { minLevel: number; maxLevel: number }
    for (const level of [minLevel, maxLevel]) {
      const coding = codingOf(name, level)
      expect(decode(name, coding.encodeSync(text(20_000))).equals(text(20_000))).toBe(true)
      const stream = coding.createStream()
      stream.end(text(20_000))
      const pieces: Buffer[] = []
      for await (const piece of stream) pieces.push(piece)
      expect(decode(name, Buffer.concat(pieces)).equals(text(20_000))).toBe(true)
    }
  })

  // robustness.md Z4
  test('a stream gives all of a write before the next one', async () => {
    const stream = codingOf(name).createStream()
    const pieces: Buffer[] = []
    let written = ''
    for (const event of ['data: 1\n\n', 'data: 2\n\n', `data: ${'x'.repeat(5000)}\n\n`]) {
      await new Promise<void>((resolve) => stream.write(event, () => resolve()))
      pieces.push(stream.read())
      written += event
      expect(decodeStart(name, Buffer.concat(pieces))).toBe(written)
    }
    stream.destroy()
    await once(stream, 'close')
  })

  test('a stream has room for all output of a slice', async () => {
    const stream = codingOf(name).createStream()
    const slice = noise(SLICE_SIZE)
    await new Promise<void>((resolve) => stream.write(slice, () => resolve()))
    const output = stream.read(stream.readableLength) as Buffer
    expect(output.byteLength).toBeGreaterThanOrEqual(SLICE_SIZE)
    expect(output.byteLength).toBeLessThan(stream.readableHighWaterMark)
    stream.destroy()
  })
})

// robustness.md Z7
test('gzip has no time stamp', () => {
  expect([...codingOf('gzip').encodeSync(text(5000)).subarray(4, 8)]).toEqual([0, 0, 0, 0])
})

test('deflate is the zlib format, not the raw one', () => {
  const [first = 0, second = 0] = codingOf('deflate').encodeSync(text(5000))
  // RFC 1950 section 2.2: the method, and a check of the first two bytes.
  expect(first & 15).toBe(8)
  expect((first * 256 + second) % 31).toBe(0)
})

test.runIf(present.includes('zstd'))('zstd asks for no larger window than clients have to have', () => {
  const [, , , , descriptor = 0, window = 0] = codingOf('zstd', 19).encodeSync(text(1_048_576))
  // RFC 8878 section 3.1.1.1: a frame in a single segment has a window of its content's size, any other says it.
  const singleSegment = (descriptor & 0x20) !== 0
  expect(singleSegment || window >> 3 <= 13).toBe(true)
})
