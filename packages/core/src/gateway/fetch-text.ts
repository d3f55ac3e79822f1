import { toBytes } from '../body.ts'

/**
 * A text as the body of a Response, in the form that costs its host the least: the text itself, or on Node a stream that encodes it when it is
 * read. Node makes a byte stream of a text, and puts the bytes into its queue at once.
 */
export function textBody(text: string): string | ReadableStream<Uint8Array> {
  if (Response !== judged) judge()
  return prefersStreams ? new ReadableStream(new TextSource(text), onDemand) : text
}

class TextSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
    controller.enqueue(toBytes(this.#text))
    controller.close()
  }
}

const onDemand = { highWaterMark: 0 }

let judged: typeof Response | undefined
let prefersStreams = false

/** Servers on Node put a class of their own in the place of Response, which takes a text best; so do test libraries, with one that takes no stream. */
function judge(): void {
  judged = Response
  const { navigator } = globalThis as { navigator?: { userAgent?: string } }
  prefersStreams =
    // Node 20, which has no navigator, makes a text a body faster than a stream.
    navigator?.userAgent?.startsWith('Node.js/') === true &&
    Object.getPrototypeOf(Response) === Function.prototype &&
    new Response('').body instanceof ReadableStream
}
