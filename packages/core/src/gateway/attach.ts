import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkOptions, type OptionChecks } from '../check-options.ts'
import type { Application } from '../protocol.ts'
import { answerClientError } from './client-error.ts'
import { type CloseOptions, type Closer, createCloser, type NodeServer } from './close-server.ts'
import { nodeHandlerChecks, requestHandler, serverState } from './node-handler.ts'
import { type UpgradeOptions, Upgrades } from './upgrade.ts'

/** How {@link attach} serves. */
export interface AttachOptions extends UpgradeOptions {}

/** An application on a server. */
export interface Attached {
  /** Takes the application off the server again, which goes on without it. */
  detach(): void
  /**
   * Closes the server: stops accepting, says `Connection: close` on the last answers, waits for requests in flight, and cuts them after
   * `timeout` milliseconds. The same promise for every call.
   */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Serves an application on a server of your own: wires `request`, `checkContinue`, `upgrade` and `clientError`. To be called before it listens.
 *
 * Where the server has another listener for `upgrade`, requests for another protocol are left to that one.
 *
 * Throws a TypeError when `app` is no function and for an unknown option, a TypeError or RangeError for one that cannot be.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { attach } from '@stapel/core/node'
 *
 * const server = createServer()
 * const attached = attach(server, (_environ, startResponse) => {
 *   startResponse('200 OK', [])
 *   return 'Hello'
 * })
 * server.listen(8000, () => attached.close({ timeout: 10_000 }))
 * ```
 */
export function attach(server: NodeServer, app: Application, options: AttachOptions = {}): Attached {
  checkOptions(options, attachChecks, 'attach()')
  const { detach, close } = wire(server, app, options, false)
  return { detach, close }
}

/** What the options of {@link attach} may be. */
export const attachChecks: OptionChecks<AttachOptions> = {
  ...nodeHandlerChecks,
  webSocket: ['an object of limits, or false', (value) => value === false || isObject(value)],
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** What `attach` and `serve` share; `owned` says that the server is ours. */
export function wire(
  server: NodeServer,
  app: Application,
  options: AttachOptions,
  owned: boolean,
): Attached & Closer {
  const state = serverState(options, owned)
  const handle = requestHandler(app, options, state)
  const closer = createCloser(server)
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => handle(req, res, undefined)
  const onContinue = (req: IncomingMessage, res: ServerResponse): void =>
    handle(req, res, () => res.writeContinue())
  server.on('request', onRequest)
  server.on('checkContinue', onContinue)
  server.on('clientError', answerClientError)
  const upgrades =
    options.webSocket === false
      ? undefined
      : new Upgrades(server, app, options, options.webSocket ?? {}, state)
  if (upgrades !== undefined) server.on('upgrade', upgrades.listener)
  return {
    detach: () => {
      server.off('request', onRequest)
      server.off('checkContinue', onContinue)
      server.off('clientError', answerClientError)
      if (upgrades !== undefined) server.off('upgrade', upgrades.listener)
    },
    close: (closing) => {
      const closed = closer.close(closing)
      state.closing = true
      upgrades?.close()
      return closed
    },
    cut: () => {
      state.closing = true
      return closer.cut()
    },
    closed: closer.closed,
  }
}
