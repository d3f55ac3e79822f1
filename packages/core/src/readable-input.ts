import type { Environ } from './protocol.ts'

/**
 * `wsgi.input` as a `ReadableStream`, which is not touched before the first read: that is when `100 Continue` is sent (clause 6).
 *
 * A chunk is pulled when one is asked for, none ahead; cancelling it leaves the input. An error of the input is an error of the stream.
 */
export function readableInput(environ: Environ): ReadableStream<Uint8Array> {
  let iterator: AsyncIterator<Uint8Array> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        iterator ??= environ['wsgi.input'][Symbol.asyncIterator]()
        const step = await iterator.next()
        if (step.done) controller.close()
        else controller.enqueue(step.value)
      },
      async cancel() {
        await iterator?.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
