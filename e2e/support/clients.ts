import { Agent, type OutgoingHttpHeaders, request } from 'node:http'

/** What a client got for one request; times are those of `performance.now()`. */
export interface Exchange {
  readonly startedAt: number
  readonly endedAt: number
  /** 0 when there was no answer. */
  readonly status: number
  readonly text: string
  /** Why there was no answer, or not all of it. */
  readonly error: string | undefined
  /** Whether it went over a connection that an earlier one had opened. */
  readonly reused: boolean
}

/** One request over an agent; never rejects. */
export function exchange(
  url: string,
  agent: Agent,
  init: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<Exchange> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    let status = 0
    let text = ''
    const end = (error?: NodeJS.ErrnoException): void => {
      const reason = error && `${error.code ?? ''} ${error.message}`.trim()
      resolve({
        startedAt,
        endedAt: performance.now(),
        status,
        text,
        error: reason,
        reused: outgoing.reusedSocket,
      })
    }
    const outgoing = request(url, {
      agent,
      method: init.method ?? 'GET',
      headers: init.headers ?? {},
      timeout: 20_000,
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('There was no answer for 20 s')))
    outgoing.on('error', end)
    outgoing.on('response', (answer) => {
      status = answer.statusCode ?? 0
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('error', end)
      answer.on('end', () => end())
    })
    outgoing.end(init.body)
  })
}

/** Clients that keep requesting, each over one connection of its own that it keeps. */
export interface Clients {
  /** Everything that was got so far, in the order of its end. */
  readonly exchanges: readonly Exchange[]
  /** Waits for the next exchange for which `wanted` is true. */
  next(wanted: (exchange: Exchange) => boolean): Promise<Exchange>
  /** Lets each client finish the request it is at. */
  stop(): Promise<void>
}

/** Starts `count` clients; `send` makes one request. */
export function startClients(count: number, send: (agent: Agent) => Promise<Exchange>): Clients {
  const exchanges: Exchange[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  let stopped = false
  const running = Array.from({ length: count }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!stopped) {
      const got = await send(agent)
      exchanges.push(got)
      for (const listener of [...listeners]) listener(got)
    }
    agent.destroy()
  })
  return {
    exchanges,
    next(wanted) {
      return new Promise((resolve) => {
        const listener = (got: Exchange): void => {
          if (!wanted(got)) return
          listeners.delete(listener)
          resolve(got)
        }
        listeners.add(listener)
      })
    },
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}
