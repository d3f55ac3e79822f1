import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Where pages hear of changes; reserved while `--live` is on. */
export const LIVE_PATH = '/__stapel/live'
/** So many pages hear of changes at the same time; more do not reload by themselves. */
export const STREAMS_LIMIT = 200
/** So often something is sent to each page, in milliseconds, so that connections nobody reads from are noticed. */
export const HEARTBEAT_MS = 30_000
/** So long after a style sheet was saved pages load it again, in milliseconds: many are emptied before they are written. */
export const RESTYLE_MS = 30

/** The event streams of the pages that wait for changes. */
export class LiveStreams {
  readonly #streams = new Set<ServerResponse>()
  readonly #run = randomBytes(4).toString('hex')
  #count = 0
  #version = ''
  #heartbeat: NodeJS.Timeout | undefined
  readonly #styles = new Map<string, NodeJS.Timeout>()

  /** The version of what pages get now. */
  get version(): string {
    return this.#version
  }

  /** A version that there was not before, also not when the command ran the last time. */
  nextVersion(): string {
    return `${this.#run}.${++this.#count}`
  }

  /** Answers a page with a stream that begins with the version. */
  answer(req: IncomingMessage, res: ServerResponse): void {
    const refusal = this.#refusalOf(req)
    if (refusal !== undefined) {
      res.writeHead(refusal, refusal === 405 ? { Allow: 'GET' } : {})
      res.end()
      return
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    // Soon again after this server was restarted.
    res.write(`retry: 500\ndata: ${this.#version}\n\n`)
    this.#streams.add(res)
    this.#heartbeat ??= setInterval(() => this.#send(':\n\n'), HEARTBEAT_MS).unref()
    res.once('close', () => {
      this.#streams.delete(res)
      if (this.#streams.size > 0) return
      clearInterval(this.#heartbeat)
      this.#heartbeat = undefined
    })
  }

  /** A page of another site learns nothing here, and must not use up the streams. */
  #refusalOf({ method, headers }: IncomingMessage): number | undefined {
    if (method !== 'GET') return 405
    const site = headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return 403
    return this.#streams.size >= STREAMS_LIMIT ? 503 : undefined
  }

  /** Has pages of another version reload. */
  change(version: string): void {
    this.#version = version
    this.#send(`data: ${version}\n\n`)
  }

  /** Has pages load a style sheet again, by the name of its file, {@link RESTYLE_MS} from now; asked again until then, it is once, that long from then. */
  restyle(name: string): void {
    clearTimeout(this.#styles.get(name))
    const send = (): void => {
      this.#styles.delete(name)
      this.#send(`event: style\ndata: ${name.replace(/[\r\n]/g, ' ')}\n\n`)
    }
    this.#styles.set(name, setTimeout(send, RESTYLE_MS))
  }

  /** Ends the streams; the pages connect again. */
  close(): void {
    for (const timer of this.#styles.values()) clearTimeout(timer)
    this.#styles.clear()
    for (const stream of this.#streams) stream.end()
  }

  #send(event: string): void {
    for (const stream of this.#streams) {
      // A page that reads nothing is cut, and asks again.
      if (stream.writableLength > 65_536) stream.destroy()
      else stream.write(event)
    }
  }
}
