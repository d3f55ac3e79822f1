import { closeBody } from './body.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'
import type { WrittenChunks } from './written-chunks.ts'

/**
 * A body whose synchronous iteration has begun, as a body again: it gives the step that was pulled, then what follows, without a promise. What
 * the application writes while it is iterated goes before the chunk that comes out of that step. Its `close()` also ends an iteration
 * that nobody took over.
 */
export function resume(
  body: Body,
  iterator: Iterator<Chunk>,
  step: IteratorResult<Chunk>,
  written: WrittenChunks,
): Body {
  let held: IteratorResult<Chunk> | undefined = step
  let failure: { error: unknown } | undefined
  let sourceOver = step.done === true
  let over = false
  let closed = false

  const end = (): void => {
    over = true
    written.end()
  }
  const pull = (): void => {
    try {
      held = iterator.next()
      if (held.done) sourceOver = true
    } catch (error) {
      failure = { error }
      sourceOver = true
    }
  }
  const next = (): IteratorResult<Chunk> => {
    if (over) return done
    if (held === undefined && failure === undefined) pull()
    const chunk = written.take()
    if (chunk !== undefined) return { done: false, value: chunk }
    if (failure !== undefined) {
      end()
      throw failure.error
    }
    const given = held ?? done
    held = undefined
    if (given.done) end()
    return given
  }
  const giveUp = (): boolean => {
    if (over) return false
    over = true
    written.drop()
    return !sourceOver
  }
  const close = (): void | Promise<void> => {
    if (closed) return undefined
    closed = true
    return giveUp() ? closeBody(body, iterator) : (body as Closeable).close?.()
  }
  const resumed: Iterator<Chunk> = {
    next,
    return: () => {
      if (giveUp()) iterator.return?.()
      return done
    },
  }
  return { [Symbol.iterator]: () => resumed, close }
}

const done: IteratorResult<Chunk> = { done: true, value: undefined }
