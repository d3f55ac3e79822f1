import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { attach, createNodeServer, type NodeServer } from '@stapel/core/node'
import { describeFailure } from '../failure/describe-failure.ts'
import { happenedUncaught } from '../failure/happened.ts'
import { searchLocation } from '../failure/locate-failure.ts'
import { inDevelopment } from '../load/in-development.ts'
import { loadDirectly } from '../load/load-directly.ts'
import { recordRequest } from '../terminal/request-log.ts'
import { CLOSE_TIMEOUT_MS, type DevServer, type DevServerOptions } from './dev-server.ts'
import { createHostCheck, guardHosts } from './known-hosts.ts'
import { listen, urlOf } from './listen.ts'
import type { Restart } from './restarts.ts'

/**
 * Serves an application from this process, without watching its files.
 *
 * Rejects with a `CommandError` when the address cannot be had or the application cannot be loaded; what it threw is told to
 * `events.failed` before. An error that nobody catches later ends the process with code 1.
 */
export async function serveDirectly(options: DevServerOptions): Promise<DevServer> {
  const { load, host, allowHost, tls, events } = options
  const app = await loadDirectly(load, (failure) => events.failed(failure, NEVER))
  process.on('uncaughtException', (error, origin) => {
    // An application with a listener of its own goes on, as it would without the dev server.
    if (process.listenerCount('uncaughtException') > 1) return
    events.failed(
      describeFailure(error, {
        search: () => searchLocation(error, [load.file]),
        happened: happenedUncaught(origin),
      }),
      NEVER,
    )
    process.exit(1)
  })
  const server: NodeServer =
    tls === undefined
      ? createServer({ requireHostHeader: false })
      : createNodeServer({ tls: { ...tls }, http2: true })
  const record = (req: IncomingMessage, res: ServerResponse): void =>
    void recordRequest(req, res, events.request)
  server.on('request', record)
  server.on('checkContinue', record)
  const checkHost = createHostCheck(host, allowHost)
  const attached = attach(server, guardHosts(inDevelopment(app, events.threw), checkHost))
  const taken = await listen(server, options)
  if (taken.length > 0) events.taken(taken)
  const url = urlOf(server, host, tls === undefined ? 'http' : 'https')
  events.listening(url, true)
  return {
    url,
    active: 0,
    outline: async () => String((await import('@stapel/core')).outline(app)),
    close: () => attached.close({ timeout: CLOSE_TIMEOUT_MS }),
    kill: () => void attached.close({ timeout: 0 }),
  }
}

/** Nothing is started again. */
const NEVER: Restart = { wait: undefined, ends: 0 }
