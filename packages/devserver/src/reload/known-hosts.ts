/**
 * Which hosts the development server answers for.
 *
 * The threat is DNS rebinding: a page of any site, whose name is made to lead to this machine after it was loaded, may read what the server answers:
 * the application, and source code when something fails. It cannot choose the `Host` that its browser sends, which is its own name. So names
 * are answered only when nobody else can have them (localhost and all below it), when the server was told to listen on them, or when
 * they were allowed. An IP address is no name that could be made to lead elsewhere. What is not stopped: programs, which send any
 * `Host` they like; pages of a name that was allowed.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { Application } from '@stapel/core'
import { compileHostPatterns, type HostPattern, parseHost, parseHostPattern } from '@stapel/core/http'
import { CommandError } from '../command/command-error.ts'

/** What a `Host` is to the server; one that is missing (HTTP/1.0) is `'known'`, since every browser sends it. */
export type HostCheck = (host: string | undefined) => 'known' | 'unknown' | 'malformed'

/**
 * Makes the check of a server that listens on `host`; `allowed` has entries as `trustedHosts` takes them. Throws a {@link CommandError} for another
 * one.
 */
export function createHostCheck(host: string, allowed: readonly string[] = []): HostCheck {
  const patterns = [parseHostPattern('.localhost'), parseHostPattern(host), ...allowed.map(parseAllowed)]
  const isListed = compileHostPatterns(
    patterns.filter((pattern): pattern is HostPattern => pattern !== undefined),
  )
  return (text) => {
    if (text === undefined) return 'known'
    const parsed = parseHost(text)
    if (parsed === undefined) return 'malformed'
    return isAddress(parsed.name) || isListed(parsed) ? 'known' : 'unknown'
  }
}

/** Checks every host that a request names: `Host`, `:authority`, and that of an absolute-form target. */
export function checkHosts(req: IncomingMessage, check: HostCheck): HostRefusal | undefined {
  const { host, ':authority': authority } = req.headers as { host?: string; ':authority'?: string }
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(req.url ?? '')?.[1]
  for (const named of [host, authority, absolute]) {
    const refusal = refusalOf(named, check)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** The answer to a request for a host that is not known. */
export interface HostRefusal {
  readonly status: 400 | 403
  readonly text: string
}

/** An application that answers for known hosts only. */
export function guardHosts(app: Application, check: HostCheck): Application {
  return function guardedHosts(environ, startResponse) {
    const refusal = refusalOf(environ.HTTP_HOST, check)
    if (refusal === undefined) return app(environ, startResponse)
    startResponse(refusal.status === 403 ? '403 Forbidden' : '400 Bad Request', [
      ['Content-Type', 'text/plain; charset=utf-8'],
    ])
    return refusal.text
  }
}

function refusalOf(host: string | undefined, check: HostCheck): HostRefusal | undefined {
  const kind = check(host)
  if (kind === 'known') return undefined
  if (kind === 'malformed') return { status: 400, text: 'The host of the request is malformed.\n' }
  const name = parseHost(host as string)?.name
  return {
    status: 403,
    text: [
      `The development server does not answer for ${name}: a foreign page could read the application through a name that leads here (DNS rebinding).`,
      `If the name is yours, allow it: stapel --allow-host ${name}`,
      '',
    ].join('\n'),
  }
}

function parseAllowed(text: string): HostPattern {
  const pattern = parseHostPattern(text)
  if (pattern !== undefined) return pattern
  throw new CommandError(
    `Got ${JSON.stringify(text)} for --allow-host; expected a name, as in dev.example.org or .example.org.`,
    2,
  )
}

function isAddress(name: string): boolean {
  return name.startsWith('[') || /^(?:\d{1,3}\.){3}\d{1,3}$/.test(name)
}
