import { checkApplication } from '../check-application.ts'
import { callable, checkOptions, errorLog, type OptionChecks } from '../check-options.ts'
import type { Application, Environ, ErrorLog } from '../protocol.ts'
import { FetchContext, type Lifetime } from './fetch-context.ts'
import { FetchEnvirons } from './fetch-environ.ts'
import { FetchExchange } from './fetch-exchange.ts'
import { FetchInput } from './fetch-input.ts'

/** Where a request came from. */
export interface Peer {
  /** An IPv4 or IPv6 address. */
  readonly address: string
  /** Of the peer's side of the connection. @default none: environ has no `REMOTE_PORT` */
  readonly port?: number | string | undefined
}

/** How {@link fetchHandler} answers. `Host` are the arguments that the host gives after the request, such as `[server: Bun.Server]` or `[env: Env, context: ExecutionContext]`. */
export interface FetchHandlerOptions<Host extends readonly unknown[] = readonly unknown[]> {
  /** `wsgi.errors`, where failures are logged. @default `console.error` */
  errors?: ErrorLog | undefined
  /**
   * Gives the peer, which becomes `REMOTE_ADDR` and `REMOTE_PORT`, by what the host says of the connection, never by a header that a client
   * can set. Bun: `(request, server) => server.requestIP(request)`; Deno: `(_, info) => ({ address: info.remoteAddr.hostname })`.
   * @default none: environ has no `REMOTE_ADDR`
   */
  peer?: ((request: Request, ...host: Host) => Peer | null | undefined) | undefined
}

/** A fetch handler. It never rejects. */
export type FetchHandler<Host extends readonly unknown[] = readonly unknown[]> = (
  request: Request,
  ...host: Host
) => Promise<Response>

/**
 * Serves an application on any host that takes a fetch handler: Bun, Deno, Workers, a function service, a test.
 *
 * What the host gives after the request is in environ as `stapel.host_arguments`. The framing of the answer (`Content-Length` or chunked coding,
 * `Connection`, what is left unread of the request) is the host's. A status above 599, which no `Response` can have, throws from
 * startResponse. Throws a TypeError when `app` is no function and for an unknown option.
 *
 * @example
 * ```ts
 * import { fetchHandler } from '@stapel/core/fetch'
 *
 * const fetch = fetchHandler((environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return `Hello from ${environ.PATH_INFO}`
 * })
 * const answer = await fetch(new Request('http://localhost/here'))
 * console.log(await answer.text())
 * ```
 */
export function fetchHandler<Host extends readonly unknown[] = readonly unknown[]>(
  app: Application,
  options: FetchHandlerOptions<Host> = {},
): FetchHandler<Host> {
  checkApplication(app)
  checkOptions(options, checks, 'fetchHandler()')
  const { peer } = options
  const errors = options.errors ?? consoleErrors
  const environs = new FetchEnvirons(errors)
  return (request, ...host) => {
    const input = new FetchInput(request)
    const context = new FetchContext(request, input, host.length === 0 ? undefined : lifetimeOf(host))
    let environ: Environ
    try {
      environ = environs.create(
        request,
        input,
        context,
        peer === undefined ? undefined : peer(request, ...host),
      )
    } catch (error) {
      return new FetchExchange(request.method, context, refusedEnviron(request, errors)).refuse(error)
    }
    if (host.length > 0) environ['stapel.host_arguments'] = host
    return new FetchExchange(environ.REQUEST_METHOD, context, environ).run(app)
  }
}

const checks: OptionChecks<FetchHandlerOptions> = { errors: errorLog, peer: callable }

function lifetimeOf(host: readonly unknown[]): Lifetime | undefined {
  for (const given of host as readonly Partial<Lifetime>[]) {
    if (typeof given?.waitUntil === 'function') return given as Lifetime
  }
  return undefined
}

const consoleErrors: ErrorLog = {
  write: (text) => console.error(text.replace(/\n$/, '')),
  flush: () => {},
}

/** What an error page needs of a request that has no environ, because it is malformed. */
function refusedEnviron(request: Request, errors: ErrorLog): Environ {
  const known: Partial<Environ> = { 'wsgi.errors': errors }
  const accept = request.headers.get('accept')
  if (accept !== null) known.HTTP_ACCEPT = accept
  return known as Environ
}
