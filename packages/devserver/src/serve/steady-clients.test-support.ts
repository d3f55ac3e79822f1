/** Clients that ask one request after the other, on connections that they keep. */
import { Agent, get } from 'node:http'

/** What clients have seen. */
export interface Seen {
  /** How often each text was the answer. */
  readonly answers: Map<string, number>
  /** What went wrong, a line each. */
  readonly failures: string[]
}

export interface SteadyClients {
  readonly seen: Seen
  /** Resolves when an answer satisfies. */
  until(satisfies: (text: string) => boolean): Promise<void>
  /** Lets each client end its request, and gives what all have seen. */
  stop(): Promise<Seen>
}

/** Starts clients; each asks again as soon as it has its answer, over a connection of its own that it keeps for as long as the server does. */
export function steadyClients(url: string, count: number): SteadyClients {
  const seen: Seen = { answers: new Map(), failures: [] }
  const waiting = new Set<(text: string) => void>()
  let stopped = false
  const note = (text: string): void => {
    seen.answers.set(text, (seen.answers.get(text) ?? 0) + 1)
    for (const notice of waiting) notice(text)
  }
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!stopped) {
      try {
        note(await ask(url, agent))
      } catch (error) {
        seen.failures.push(String(error))
      }
    }
    agent.destroy()
  }
  const clients = Array.from({ length: count }, client)
  return {
    seen,
    until: (satisfies) =>
      new Promise((resolve) => {
        const notice = (text: string): void => {
          if (!satisfies(text)) return
          waiting.delete(notice)
          resolve()
        }
        waiting.add(notice)
      }),
    async stop() {
      stopped = true
      await Promise.all(clients)
      return seen
    },
  }
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
      )
    })
    request.on('error', reject)
  })
}
