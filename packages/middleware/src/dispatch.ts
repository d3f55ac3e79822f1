/**
 * Chooses among applications by the beginning of the path, and by the host.
 *
 * The threat: two layers that see different paths, of which one guards `/admin` and the other answers `//admin` or `/%61dmin` with it. Prefixes are
 * compared in the normal form of the protocol, in whole segments, with case, and nothing is forgiven. The environ of the layers outside is never changed, so
 * that an error, a log line or a body that is read later sees the path that was asked for. What is not stopped: a host is what the client
 * says; put `trustedHosts` outside where that matters.
 *
 * @module
 */
import {
  type Application,
  type Environ,
  NotFound,
  type Outlined,
  type OutlineNode,
  outline,
  outlineSymbol,
  type StartResponse,
} from '@stapel/core'
import { parseHostPattern } from '@stapel/core/http'
import { checkOptions, type OptionChecks, show } from './check-options.ts'
import { Hosts } from './dispatch-hosts.ts'
import { type Mount, Prefixes, parsePrefix } from './dispatch-prefixes.ts'

/**
 * Applications by where they are mounted: `'/shop'`, `'admin.example.org'`, `'*.example.org:8080/api'`.
 *
 * What begins with `/` is the beginning of a path, and stands for every host. Anything else is a host, with all paths or with the
 * beginning of one: a name, `*.example.org` for all names below one, `.example.org` for both, an address, each for any port or for one.
 */
export type DispatchMounts = Readonly<Record<string, Application>>

export interface DispatchOptions {
  /** What answers where nothing is mounted. @default a 404 */
  default?: Application | undefined
}

/**
 * An application that hands each request on to one of several: the one whose host fits best, and of those the one whose prefix is longest.
 *
 * The prefix moves from PATH_INFO to the end of SCRIPT_NAME, in a copy of environ: with `/shop`, a request for `/shop` has the PATH_INFO `''`, one for
 * `/shop/` has `'/'`, and `/shopping` is another path. Of hosts, a name goes before a domain, a longer domain before a shorter, one with a
 * port before one without, and all of them before the mounts of every host; where nothing of the better host has the path, the next is asked. A
 * request with a malformed host, or without one (HTTP/1.0), gets what is mounted for every host.
 *
 * Throws a TypeError for mounts that are no object or empty, for what is no path and no host, for two that are the same, for `'/'` (the option
 * `default` says that), and for what is no application.
 *
 * @example
 * ```ts
 * import type { Application } from '@stapel/core'
 * import { dispatch } from '@stapel/middleware/dispatch'
 *
 * const say =
 *   (name: string): Application =>
 *   ({ SCRIPT_NAME, PATH_INFO }, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return `${name} at ${SCRIPT_NAME}, asked for ${PATH_INFO}`
 *   }
 *
 * export const app = dispatch(
 *   { '/shop': say('shop'), '/shop/api': say('api'), 'admin.example.org': say('admin') },
 *   { default: say('pages') },
 * )
 * ```
 */
export function dispatch(mounts: DispatchMounts, options: DispatchOptions = {}): Application {
  checkOptions('dispatch', options, checks)
  const { default: otherwise = notFound } = options
  const everyHost = new Prefixes()
  const hosts = new Hosts()
  let hasHosts = false
  const entries = entriesOf(mounts)
  for (const [key, app] of entries) {
    const { host, prefix } = parseKey(key)
    const isNew = host === undefined ? everyHost.add({ prefix, app }) : hosts.add(host, { prefix, app })
    if (!isNew) throw new TypeError(`dispatch: got the mount ${JSON.stringify(key)} twice, in two spellings.`)
    hasHosts ||= host !== undefined
  }

  function find(environ: Environ): Mount | undefined {
    const { HTTP_HOST: host, PATH_INFO: path } = environ
    const named =
      hasHosts && host !== undefined ? hosts.find(host, environ['wsgi.url_scheme'], path) : undefined
    return named ?? everyHost.find(path)
  }

  function dispatch(environ: Environ, startResponse: StartResponse): ReturnType<Application> {
    const mount = find(environ)
    if (mount === undefined) return otherwise(environ, startResponse)
    if (mount.prefix === '') return mount.app(environ, startResponse)
    return mount.app(mountedEnviron(environ, mount.prefix), startResponse)
  }
  return Object.assign(dispatch, outlined(entries, options.default))
}

const checks: OptionChecks<DispatchOptions> = {
  default: { expected: 'an application', accepts: (value) => typeof value === 'function' },
}

type Entries = readonly [key: string, app: Application][]

function entriesOf(mounts: DispatchMounts): Entries {
  const entries =
    typeof mounts === 'object' && mounts !== null && !Array.isArray(mounts) ? Object.entries(mounts) : []
  if (entries.length === 0) {
    throw new TypeError(
      `dispatch: got ${show(mounts)} for the mounts; expected an object of at least one, as in { '/shop': shop, 'admin.example.org': admin }.`,
    )
  }
  for (const [key, app] of entries) {
    if (typeof app !== 'function') {
      throw new TypeError(
        `dispatch: got ${show(app)} for the mount ${JSON.stringify(key)}; expected an application.`,
      )
    }
  }
  return entries
}

function parseKey(key: string): { host: ReturnType<typeof parseHostPattern>; prefix: string } {
  const slash = key.indexOf('/')
  const name = slash === -1 ? key : key.slice(0, slash)
  const prefix = slash === -1 ? '' : parsePrefix(key.slice(slash))
  if (name === '') {
    if (prefix === '') {
      throw new TypeError(
        `dispatch: got the mount ${JSON.stringify(key)}, which is everything; give that application as the option default.`,
      )
    }
    if (prefix !== undefined) return { host: undefined, prefix }
  }
  const host = parseHostPattern(name)
  if (host !== undefined && prefix !== undefined) return { host, prefix }
  throw new TypeError(
    `dispatch: got the mount ${JSON.stringify(key)}; expected the beginning of a path as in '/shop', or a host as in 'example.org', '*.example.org' or 'example.org:8080/shop', without a scheme, empty segments, '?' or '#'.`,
  )
}

function notFound(environ: Environ, startResponse: StartResponse): ReturnType<Application> {
  return new NotFound().respond(environ, startResponse)
}

/** A prefix in normal form is as long as what it stands for. */
function mountedEnviron(environ: Environ, prefix: string): Environ {
  return {
    ...environ,
    SCRIPT_NAME: environ.SCRIPT_NAME + prefix,
    PATH_INFO: environ.PATH_INFO.slice(prefix.length),
  }
}

function outlined(mounts: Entries, otherwise: Application | undefined): Outlined {
  return {
    [outlineSymbol]: () => {
      const nodes = mounts.map(([key, app]) => nodeOf(key, app))
      return otherwise === undefined ? nodes : [...nodes, nodeOf('default', otherwise)]
    },
  }
}

function nodeOf(name: string, app: Application): OutlineNode {
  return { name, children: [outline(app).root] }
}
