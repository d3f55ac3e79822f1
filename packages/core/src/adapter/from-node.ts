import type { Application, Body } from '../protocol.ts'
import { NodeAnswer } from './node-answer.ts'
import { type NodeApplication, nodeTarget } from './node-listener.ts'

export type { NodeApplication } from './node-listener.ts'

/**
 * An Application of a `(req, res)` handler: a function, an Express or connect application, a Koa application, a Fastify instance, a polka,
 * the listeners of an `http.Server`.
 *
 * The handler gets Node's own request and response over a socket of ours, on any gateway: what the layers outside changed in environ
 * (address, scheme, host, prefix, headers, method) is what it sees, and what it writes is an answer whose status, headers and chunks they
 * may change as it comes, with back pressure. `SCRIPT_NAME` is what it knows as `req.baseUrl`, with `req.originalUrl`, as a mounted
 * application would. Hop-by-hop headers and trailers are dropped, `Connection: close` closes the connection, informational answers are
 * sent where the gateway can.
 *
 * A handler that throws, or whose promise rejects, fails the application; `res.destroy()` cuts the connection. A Fastify instance is made
 * ready with the first request. Throws a TypeError for what is no handler.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { fromNode, serve } from '@stapel/core/node'
 *
 * const app = stack(fromNode((req, res) => res.end(`Hello from ${req.url}`)))
 * const running = await serve(app, { port: 0 })
 * console.log(await (await fetch(running.url)).text())
 * await running.close()
 * ```
 */
export function fromNode(handler: NodeApplication): Application {
  const { call, ready } = nodeTarget(handler)
  const run: Application = (environ, startResponse) => {
    const answer = new NodeAnswer(environ, startResponse)
    return answer.run((req, res) => call(req, res, (error) => answer.fail(error)))
  }
  if (ready === undefined) return named(run)
  let waiting: Promise<void> | undefined
  let isReady = false
  return named((environ, startResponse): Body | Promise<Body> => {
    if (isReady) return run(environ, startResponse)
    waiting ??= Promise.resolve(ready()).then(() => {
      isReady = true
    })
    return waiting.then(() => run(environ, startResponse))
  })
}

function named(app: Application): Application {
  return Object.defineProperty(app, 'name', { value: 'fromNode', configurable: true })
}
