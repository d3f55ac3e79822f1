import type { IncomingMessage } from 'node:http'

/** An answer of which the head has arrived. */
export interface CallAnswer {
  readonly status: number
  /** The reason phrase, which may be empty. */
  readonly reason: string
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[]
  /** Gives all that came before the connection broke, and throws then; the iterator of the message itself would drop what nobody has read yet. */
  readonly body: AsyncIterable<Uint8Array>
  /** Leaves the rest of the body. */
  destroy(): void
}

/** The value of a field, those of several lines in one (RFC 9110 section 5.3); `undefined` where there is none. */
export function fieldOf({ rawHeaders }: Pick<CallAnswer, 'rawHeaders'>, name: string): string | undefined {
  const values = valuesOf({ rawHeaders }, name)
  return values.length === 0 ? undefined : values.join(', ')
}

/** The value of each line of a field. */
export function valuesOf({ rawHeaders }: Pick<CallAnswer, 'rawHeaders'>, name: string): string[] {
  const wanted = name.toLowerCase()
  return rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted,
  )
}

/** To be called as soon as the message is there: what it tells before is not heard. */
export function createAnswer(message: IncomingMessage): CallAnswer {
  const { statusCode = 0, statusMessage = '', rawHeaders } = message
  return {
    status: statusCode,
    reason: statusMessage,
    rawHeaders,
    body: bodyOf(message),
    destroy: () => void message.destroy(),
  }
}

function bodyOf(message: IncomingMessage): AsyncIterable<Uint8Array> {
  const chunks: Uint8Array[] = []
  let failure: Error | undefined
  let wake = (): void => {}
  message.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk)
    // Whoever answers waits for the one who reads.
    message.pause()
    wake()
  })
  message.on('error', (error) => {
    failure = error
    wake()
  })
  message.on('end', () => wake())
  return (async function* () {
    for (;;) {
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        yield chunk
        continue
      }
      if (failure !== undefined) throw failure
      if (message.readableEnded) return
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      message.resume()
      await woken
    }
  })()
}
