/**
 * The shape matrix (clause 7): one answer, given by every shape that an application may have. A middleware that works with all of
 * them copes with any application.
 *
 * @module
 */
import { Readable } from 'node:stream'
import {
  type Application,
  type Body,
  type Chunk,
  concat,
  type HeaderList,
  type Status,
  toBytes,
} from '@stapel/core'

/** The answer that every shape gives. */
export interface ShapedAnswer {
  /** What startResponse gets. */
  status: Status
  /** Copied for each answer. */
  headers: HeaderList
  /** The body, in these pieces where the shape allows. */
  chunks: readonly Chunk[]
}

/** One shape: `make` gives an application of it. */
export interface ApplicationShape {
  /** What it is, for the title of a test. */
  readonly name: string
  /** An application of this shape. */
  make(answer: ShapedAnswer): Application
}

/**
 * Every application shape of the protocol.
 *
 * @example
 * ```ts
 * import { applicationShapes, Client } from '@stapel/testing'
 *
 * for (const { name, make } of applicationShapes) {
 *   const client = new Client(make({ status: '200 OK', headers: [], chunks: ['Hello'] }))
 *   console.log(name, (await client.get('/')).text())
 * }
 * ```
 */
export const applicationShapes: readonly ApplicationShape[] = [
  shape('a function that returns a string', ({ chunks }) => asText(chunks)),
  shape('a function that returns bytes', ({ chunks }) => concat(chunks.map(toBytes))),
  shape('a function that returns a list', ({ chunks }) => [...chunks]),
  shape('a function that returns a Set', ({ chunks }) => new Set(chunks.map(toBytes))),
  {
    name: 'an async function that returns a string',
    make: (answer) => async (_environ, startResponse) => {
      await turn()
      startResponse(answer.status, copy(answer.headers))
      return asText(answer.chunks)
    },
  },
  {
    name: 'an async function that returns an async generator',
    make: (answer) => async (_environ, startResponse) => {
      await turn()
      startResponse(answer.status, copy(answer.headers))
      await turn()
      return later(answer.chunks)
    },
  },
  {
    name: 'a generator function',
    make: (answer) =>
      function* (_environ, startResponse) {
        startResponse(answer.status, copy(answer.headers))
        yield* answer.chunks
      },
  },
  {
    name: 'an async generator function',
    make: (answer) =>
      async function* (_environ, startResponse) {
        await turn()
        startResponse(answer.status, copy(answer.headers))
        yield* later(answer.chunks)
      },
  },
  shape('an iterable with close()', ({ chunks }) => {
    const iterator = [...chunks].values()
    return { [Symbol.iterator]: () => iterator, close() {} }
  }),
  shape('an async iterable with close()', ({ chunks }) => {
    const iterator = later(chunks)
    return { [Symbol.asyncIterator]: () => iterator, async close() {} }
  }),
  {
    name: 'an iterable that calls startResponse at its first step',
    make: (answer) => (_environ, startResponse) => {
      const chunks = [...answer.chunks].values()
      let started = false
      const next = (): IteratorResult<Chunk> => {
        if (!started) startResponse(answer.status, copy(answer.headers))
        started = true
        return chunks.next()
      }
      return { [Symbol.iterator]: () => ({ next }) }
    },
  },
  {
    name: 'write() in a function',
    make: (answer) => (_environ, startResponse) => {
      const write = startResponse(answer.status, copy(answer.headers))
      // Nobody waits for these: a function without promises has no other way.
      for (const chunk of answer.chunks) void write(chunk)
      return ''
    },
  },
  {
    name: 'write() in an async function',
    make: (answer) => async (_environ, startResponse) => {
      await turn()
      const write = startResponse(answer.status, copy(answer.headers))
      for (const chunk of answer.chunks) await write(chunk)
      return []
    },
  },
  {
    name: 'write() of the first chunk and a body of the others',
    make: (answer) => async (_environ, startResponse) => {
      const write = startResponse(answer.status, copy(answer.headers))
      await write(answer.chunks[0] ?? '')
      return later(answer.chunks.slice(1))
    },
  },
  shape('a Node stream', ({ chunks }) => Readable.from(chunks.map((chunk) => Buffer.from(toBytes(chunk))))),
  shape('a ReadableStream', ({ chunks }) => {
    const rest = [...chunks].map(toBytes)
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = rest.shift()
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    }) as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>
  }),
  {
    name: 'startResponse replaced with an error',
    make: (answer) => (_environ, startResponse) => {
      startResponse('202 Accepted', [['X-Replaced', 'yes']])
      startResponse(answer.status, copy(answer.headers), new Error('The answer was replaced.'))
      return [...answer.chunks]
    },
  },
  {
    name: 'startResponse replaced with an error after an empty chunk',
    make: (answer) =>
      async function* (_environ, startResponse) {
        startResponse('202 Accepted', [['X-Replaced', 'yes']])
        yield ''
        await turn()
        startResponse(answer.status, copy(answer.headers), new Error('The answer was replaced.'))
        yield* answer.chunks
      },
  },
  {
    name: 'a generator with empty chunks before startResponse',
    make: (answer) =>
      function* (_environ, startResponse) {
        yield ''
        yield new Uint8Array(0)
        startResponse(answer.status, copy(answer.headers))
        yield ''
        yield* answer.chunks
        yield ''
      },
  },
]

/** An application that calls startResponse at once, and the body that it returns. */
function shape(name: string, body: (answer: ShapedAnswer) => Body): ApplicationShape {
  return {
    name,
    make: (answer) => (_environ, startResponse) => {
      startResponse(answer.status, copy(answer.headers))
      return body(answer)
    },
  }
}

/** Layers may change the list that they get. */
function copy(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => [name, value])
}

function asText(chunks: readonly Chunk[]): Chunk {
  const bytes = concat(chunks.map(toBytes))
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return bytes
  }
}

async function* later(chunks: readonly Chunk[]): AsyncGenerator<Chunk, void, undefined> {
  for (const chunk of chunks) {
    await turn()
    yield chunk
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
