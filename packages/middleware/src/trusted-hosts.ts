/**
 * Answers only for hosts that are one's own.
 *
 * The threat: the `Host` of a request is chosen by the client. What is built from it leads where an attacker wants it to: the link of a mail that
 * sets a password, a redirect, a page that a cache keeps for everybody. A page of a foreign name that resolves to this machine (DNS rebinding)
 * reads what a server on `localhost` or in the private network answers, unless the server knows that it is not asked by its name.
 *
 * The host is taken apart before anything is compared, so that user information, odd characters and the colons of IPv6 lead to a refusal
 * and not past the list. What is not stopped: names that are trusted and belong to somebody else; where an entry names no port, a port
 * that is not yours on a host that is.
 *
 * @module
 */
import {
  type Application,
  BadHost,
  type Environ,
  type Middleware,
  MisdirectedRequest,
  type StartResponse,
} from '@stapel/core'
import {
  compileHostPatterns,
  type HostMatcher,
  type HostPattern,
  parseHost,
  parseHostPattern,
} from '@stapel/core/http'
import { checkOptions, type OptionChecks, show } from './check-options.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'

export type { Except } from './except.ts'

export interface TrustedHostsOptions {
  /**
   * The status of the answer to others: 400, or 421 (RFC 9110 section 15.5.20), after which a client may try again over a connection of its own.
   *
   * @default 400
   */
  status?: 400 | 421 | undefined
  /** Requests that are let through whatever their host is, such as those of a health check that knows only the address. @default none */
  except?: Except | undefined
}

/**
 * Lets requests through whose host is one of the list, and answers others itself.
 *
 * An entry is a name (`'example.org'`), all names below one (`'*.example.org'`), or both (`'.example.org'`), an IPv4 address, or an IPv6
 * address in brackets, with any port or with the one it names (`'example.org:8080'`, `'*.example.org:443'`). Case, one dot at the end of the
 * name (`example.org.`) and the spelling of an IPv6 address make no difference. A request without `Host` (HTTP/1.0) is one for the
 * listening side. Throws a TypeError for a list that is none or empty, for what is no such entry, and for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { trustedHosts } from '@stapel/middleware/trusted-hosts'
 *
 * export const app = stack(
 *   (_environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return 'Hello'
 *   },
 *   trustedHosts(['example.org', '*.example.org'], { except: ['/healthz'] }),
 * )
 * ```
 */
export function trustedHosts(hosts: readonly string[], options: TrustedHostsOptions = {}): Middleware {
  const isListed = compileList(hosts)
  checkOptions('trustedHosts', options, checks)
  const { status = 400 } = options
  const isExcepted = compileExcept('trustedHosts', options.except)
  const Refusal = status === 421 ? MisdirectedRequest : BadHost

  function isTrusted(environ: Environ): boolean {
    const host = parseHost(environ.HTTP_HOST ?? listeningHost(environ))
    return host !== undefined && isListed(host, environ['wsgi.url_scheme'])
  }

  return function trustedHosts(app: Application): Application {
    return function trustedHosts(environ: Environ, startResponse: StartResponse) {
      if (isTrusted(environ) || isExcepted(environ)) return app(environ, startResponse)
      const refusal = new Refusal('This server does not answer for the host of the request.')
      return refusal.respond(environ, startResponse)
    }
  }
}

const checks: OptionChecks<TrustedHostsOptions> = {
  status: { expected: '400 or 421', accepts: (value) => value === 400 || value === 421 },
  except: exceptCheck,
}

function compileList(hosts: readonly string[]): HostMatcher {
  if (!Array.isArray(hosts) || hosts.length === 0) {
    throw new TypeError(
      `trustedHosts: got ${show(hosts)} for the hosts; expected a list of at least one, as in ['example.org', '*.example.org'].`,
    )
  }
  return compileHostPatterns(hosts.map(parseEntry))
}

function parseEntry(entry: unknown): HostPattern {
  const pattern = typeof entry === 'string' ? parseHostPattern(entry) : undefined
  if (pattern !== undefined) return pattern
  throw new TypeError(
    `trustedHosts: got ${show(entry)} among the hosts; expected a name as in 'example.org', '*.example.org' or '[::1]:8080', without a scheme.`,
  )
}

function listeningHost({ SERVER_NAME: name, SERVER_PORT: port }: Environ): string {
  // A link-local address has a zone (`fe80::1%eth0`), which is no part of a host.
  const host = name.includes(':') && !name.startsWith('[') ? `[${name.replace(/%.*/s, '')}]` : name
  return port === '' ? host : `${host}:${port}`
}
