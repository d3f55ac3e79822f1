import { createServer } from 'node:http'
import { attach } from '@stapel/core/node'
import { describeFailure } from '../failure/describe-failure.ts'
import { happenedUncaught } from '../failure/happened.ts'
import { searchLocation } from '../failure/locate-failure.ts'
import { inDevelopment } from '../load/in-development.ts'
import { loadDirectly } from '../load/load-directly.ts'
import { recordRequest } from '../terminal/request-log.ts'
import { CLOSE_TIMEOUT_MS, type DevServer, type DevServerOptions, listen, urlOf } from './dev-server.ts'
import { createHostCheck, guardHosts } from './known-hosts.ts'

/**
 * Serves an application from this process, without watching its files.
 *
 * Rejects with a `CommandError` when the address cannot be had or the application cannot be loaded; what it threw is told to
 * `events.failed` before. An error that nobody catches later ends the process with code 1.
 */
export async function serveDirectly({
  load,
  host,
  port,
  allowHost,
  events,
}: DevServerOptions): Promise<DevServer> {
  const app = await loadDirectly(load, (failure) => events.failed(failure, false))
  process.on('uncaughtException', (error, origin) => {
    // An application with a listener of its own goes on, as it would without the dev server.
    if (process.listenerCount('uncaughtException') > 1) return
    events.failed(
      describeFailure(error, {
        search: () => searchLocation(error, [load.file]),
        happened: happenedUncaught(origin),
      }),
      false,
    )
    process.exit(1)
  })
  const server = createServer({ requireHostHeader: false })
  server.on('request', (req, res) => void recordRequest(req, res, events.request))
  server.on('checkContinue', (req, res) => void recordRequest(req, res, events.request))
  const checkHost = createHostCheck(host, allowHost)
  const attached = attach(server, guardHosts(inDevelopment(app, events.threw), checkHost))
  await listen(server, host, port)
  const url = urlOf(server, host)
  events.listening(url)
  return {
    url,
    active: 0,
    outline: async () => String((await import('@stapel/core')).outline(app)),
    close: () => attached.close({ timeout: CLOSE_TIMEOUT_MS }),
    kill: () => server.closeAllConnections(),
  }
}
