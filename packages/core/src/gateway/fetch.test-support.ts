import type { Application } from '../protocol.ts'
import { validate } from '../validate.ts'
import { type FetchHandlerOptions, fetchHandler } from './fetch-handler.ts'

/** A fetch handler for one test, and what was written to `wsgi.errors`. */
export interface TestHandler {
  fetch(target: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>
  readonly log: string[]
}

/** Serves an application without a socket, inside `validate()` unless the application breaks the protocol on purpose. */
export function handlerForTest(
  app: Application,
  options: FetchHandlerOptions<[]> & { validated?: boolean } = {},
): TestHandler {
  const { validated = true, ...rest } = options
  const log: string[] = []
  const errors = { write: (text: string) => void log.push(text), flush: () => {} }
  const handle = fetchHandler<[]>(validated ? validate(app) : app, { errors, ...rest })
  return { fetch: (target, init) => handle(new Request(new URL(target, 'http://localhost'), init)), log }
}

/** A body that notes what is done with it; it gives `chunks`, then ends, or waits for ever where `endless` is true. */
export function watchedBody(
  chunks: readonly string[],
  endless = false,
): { body: AsyncIterable<string> & { close(): void }; calls: string[] } {
  const calls: string[] = []
  const rest = [...chunks]
  const body = {
    [Symbol.asyncIterator]: () => ({
      next: (): Promise<IteratorResult<string>> => {
        const value = rest.shift()
        if (value !== undefined) {
          calls.push(value)
          return Promise.resolve({ done: false, value })
        }
        return endless ? new Promise(() => {}) : Promise.resolve({ done: true, value: undefined })
      },
      return: async (): Promise<IteratorResult<string>> => {
        calls.push('return')
        return { done: true, value: undefined }
      },
    }),
    close: () => void calls.push('close'),
  }
  return { body, calls }
}
