import { describe, isPromise } from '../body.ts'
import { callable, checkOptions, flag, type OptionChecks } from '../check-options.ts'
import type { Application, Environ } from '../protocol.ts'
import { FetchHost } from './fetch-host.ts'
import { createRequest } from './fetch-request.ts'
import { respondWithFetch } from './fetch-response.ts'
import { WorkerContext } from './worker-context.ts'

/** What answers a `Request`; the arguments after it are what its host gives. */
export type FetchFunction = (request: Request, ...host: never[]) => Response | Promise<Response>

/** A fetch handler, or an object with one: a Hono or h3 application, the default export of a Worker. */
export type FetchSource = FetchFunction | { readonly fetch: FetchFunction }

/** How {@link fromFetch} calls a handler. */
export interface FromFetchOptions {
  /**
   * Gives what the handler gets after the request, such as the bindings of a Worker or Hono's `c.env`.
   * @default what a fetch host gave to `fetchHandler`; on other gateways one object that has the peer's address (after `proxyFix`) where Bun,
   * Deno and Hono's Node server have it, and environ as `environ`, and one that has `waitUntil` and `passThroughOnException` as Workers have them
   */
  arguments?: ((environ: Environ) => readonly unknown[]) | undefined
  /**
   * Whether the URL of the request begins with `SCRIPT_NAME`. With `false`, a handler that is mounted at `/new` gets `/new/users` as `/users`, as one
   * that knows of no prefix needs it; links that it writes lack the prefix then. @default true
   */
  scriptName?: boolean | undefined
}

/**
 * An application of a fetch handler, a Hono or h3 application, the default export of a Worker, or any object with `fetch`.
 *
 * The handler gets a `Request` made of environ as the layers outside left it: scheme and host, `SCRIPT_NAME` and path, headers, the body as a
 * stream that is first read when the handler reads it, and the signal. The peer's address is also `request.ip`. Its Response goes out as it
 * comes, each chunk as one. Fetch knows neither `TRACE` and `CONNECT`, which are answered 501, nor a body of GET and HEAD, which is left out, nor
 * the target `*`, which becomes `/`. Throws a TypeError for what is no fetch handler and an unknown option; what a handler does wrong later, such as returning
 * `Response.error()`, is answered 500.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { fromFetch } from '@stapel/core/fetch'
 *
 * const worker = { fetch: (request: Request) => new Response(`You asked for ${new URL(request.url).pathname}`) }
 * export const app = stack(fromFetch(worker))
 * ```
 */
export function fromFetch(handler: FetchSource, options: FromFetchOptions = {}): Application {
  checkOptions(options, checks, 'fromFetch()')
  const call = callOf(handler)
  const { arguments: args = hostArguments, scriptName = true } = options
  const application: Application = (environ, startResponse) => {
    const answer = call(createRequest(environ, scriptName), ...args(environ))
    return isPromise(answer)
      ? answer.then((response) => respondWithFetch(response, startResponse, environ))
      : respondWithFetch(answer, startResponse, environ)
  }
  return Object.defineProperty(application, 'name', { value: nameOf(handler), configurable: true })
}

const checks: OptionChecks<FromFetchOptions> = { arguments: callable, scriptName: flag }

type Call = (request: Request, ...host: unknown[]) => Response | Promise<Response>

function callOf(handler: FetchSource): Call {
  if (typeof handler === 'function' && !('fetch' in handler)) return handler as Call
  const fetch: unknown = (handler as { fetch?: unknown } | null | undefined)?.fetch
  if (typeof fetch !== 'function') {
    throw new TypeError(
      `Got ${describe(handler)} for the fetch handler; expected a function that takes a Request, or an object with fetch.`,
    )
  }
  // Looked up at each request, since some frameworks replace it when they are built.
  return (...given) => (handler as unknown as { fetch: Call }).fetch(...given)
}

function nameOf(handler: FetchSource): string {
  const name = typeof handler === 'function' ? handler.name : handler.constructor?.name
  return name === '' || name === undefined || name === 'Object' ? 'fromFetch' : name
}

function hostArguments(environ: Environ): readonly unknown[] {
  return (
    (environ['stapel.host_arguments'] as readonly unknown[] | undefined) ?? [
      new FetchHost(environ),
      new WorkerContext(environ),
    ]
  )
}
