import type { ChunkIterator } from './body.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'

/**
 * A body whose iteration has begun, as a body again: it gives the step that was pulled, then what follows, synchronously where the
 * original was. Its `close()` also ends an iteration that nobody took over.
 */
export function resume(body: Body, iterator: ChunkIterator, step: IteratorResult<Chunk>): Body {
  let held: IteratorResult<Chunk> | undefined = step
  let ended = step.done === true

  const end = (): unknown => {
    if (ended) return undefined
    ended = true
    return iterator.return?.()
  }
  const close = async (): Promise<void> => {
    try {
      await end()
    } finally {
      await (body as Closeable).close?.()
    }
  }
  const take = (): IteratorResult<Chunk> | undefined => {
    const taken = held
    held = undefined
    return taken
  }
  const finish = (result: IteratorResult<Chunk>): IteratorResult<Chunk> => {
    if (result.done) ended = true
    return result
  }
  const done: IteratorResult<Chunk> = { done: true, value: undefined }

  if (Symbol.asyncIterator in Object(body)) {
    const source = iterator as AsyncIterator<Chunk>
    const resumed: AsyncIterator<Chunk> = {
      next: async () => take() ?? finish(await source.next()),
      return: async () => {
        await end()
        return done
      },
    }
    return { [Symbol.asyncIterator]: () => resumed, close }
  }
  const source = iterator as Iterator<Chunk>
  const resumed: Iterator<Chunk> = {
    next: () => take() ?? finish(source.next()),
    return: () => {
      end()
      return done
    },
  }
  return { [Symbol.iterator]: () => resumed, close }
}
