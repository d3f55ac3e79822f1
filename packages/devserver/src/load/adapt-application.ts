import type { Server } from 'node:http'
import type { Application } from '@stapel/core'
import type { FetchSource } from '@stapel/core/fetch'
import type { NodeApplication } from '@stapel/core/node'
import { describeValue, isClass, isObject } from './describe-value.ts'
import { TargetError } from './target-error.ts'

/** What an export can be: a handler of Node's `http` module, one of fetch, or an application of the gateway protocol. */
export const APPLICATION_KINDS = ['node', 'fetch', 'stapel'] as const

export type ApplicationKind = (typeof APPLICATION_KINDS)[number]

/**
 * The application that an export is, or is made into. What is no application of the protocol is told by what only it has: an Express, connect, Koa,
 * Fastify, polka or Hono application, an h3 application, an object with `fetch` as Workers and Bun have it, an `http.Server` that does not
 * listen.
 *
 * Functions are told by their parameters. With two, `(req, res)` and `(environ, startResponse)` are called alike, so that their names have to tell:
 * a function that names them as handlers of Node do is refused until `as` says what it is. With one it takes a `Request`, for an application
 * needs `startResponse`; with three or more it has a `next`, as middleware of connect.
 *
 * Throws a {@link TargetError} for anything else; `what` names it there.
 */
export async function adaptApplication(
  value: unknown,
  what: string,
  as?: ApplicationKind | undefined,
): Promise<Application> {
  if (isClass(value)) throw notAnApplication(value, what)
  const kind = as ?? kindOf(value, what)
  if (kind === 'stapel') {
    if (typeof value === 'function') return value as Application
    throw notAnApplication(value, what)
  }
  try {
    if (kind === 'fetch') {
      const { fromFetch } = await import('@stapel/core/fetch')
      return fromFetch(value as FetchSource)
    }
    const { fromNode } = await import('@stapel/core/node')
    return fromNode(value as NodeApplication)
  } catch (cause) {
    throw new TargetError(
      `${what} is ${describeValue(value)}, which cannot be served as ${kind}: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function kindOf(value: unknown, what: string): ApplicationKind {
  if (typeof value === 'function') return kindOfFunction(value as Shapes & Callable, what)
  if (!isObject(value)) throw notAnApplication(value, what)
  return kindOfObject(value as Shapes, what)
}

type Callable = (...args: never[]) => unknown

/** The members that applications are told by. */
interface Shapes {
  readonly app?: unknown
  readonly callback?: unknown
  readonly emit?: unknown
  readonly fetch?: unknown
  readonly handle?: unknown
  readonly handler?: { readonly __is_handler__?: unknown } | Callable
  readonly listen?: unknown
  readonly listenerCount?: unknown
  readonly ready?: unknown
  readonly routing?: unknown
  readonly use?: unknown
}

function kindOfFunction(value: Shapes & Callable, what: string): ApplicationKind {
  // Express and connect: functions with methods.
  if (isFunction(value.handle) && isFunction(value.use)) return 'node'
  if (isFunction(value.fetch)) return 'fetch'
  if (generators.includes(Object.prototype.toString.call(value))) return 'stapel'
  if (value.length >= 3) return 'node'
  const parameters = parametersOf(value)
  if (value.length === 1 && !/^\s*environ\b|\.\.\./.test(parameters)) return 'fetch'
  const names = /^\s*_?(req(?:uest)?)\s*,\s*_?(res(?:ponse)?|reply)\s*$/i.exec(parameters)
  if (names === null) return 'stapel'
  throw new TargetError(
    `${what} takes (${names[1]}, ${names[2]}), as a handler of node:http does; an application takes (environ, startResponse). ` +
      'Say which it is: --as node or --as stapel',
  )
}

function kindOfObject(value: Shapes, what: string): ApplicationKind {
  if (isFunction(value.fetch)) return 'fetch'
  if (isFunction(value.callback) && isFunction(value.use)) return 'node'
  if (isFunction(value.routing) && isFunction(value.ready)) return 'node'
  if (isFunction(value.listenerCount) && isFunction(value.emit) && isFunction(value.listen)) {
    checkServer(value as unknown as Server, what)
    return 'node'
  }
  if (isFunction(value.handler)) {
    // An application of h3 version 1 calls its handlers with an event of its own.
    if (!('__is_handler__' in value.handler)) return 'node'
    throw new TargetError(
      `${what} is an application of h3 version 1; export toNodeListener(app) of h3, and serve it with --as node.`,
    )
  }
  throw notAnApplication(value, what)
}

function checkServer(server: Server, what: string): void {
  if (server.listening)
    throw new TargetError(
      `${what} is a server that listens already; export it without listen(): the command listens.`,
    )
  if (server.listenerCount('request') === 0)
    throw new TargetError(`${what} is a server without a listener for requests; expected an http.Server.`)
}

function notAnApplication(value: unknown, what: string): TargetError {
  const inner = isObject(value) && isFunction(value.app) ? ' Its property "app" is one: export that.' : ''
  return new TargetError(
    `${what} is ${describeValue(value)}; expected an application: a function (environ, startResponse), ` +
      `an Express, Koa, Fastify, Hono or h3 application, an object with fetch, or an http.Server.${inner}`,
  )
}

/** What stands between the parentheses of a function; `''` where its source does not say it. */
function parametersOf(value: Callable): string {
  const source = Function.prototype.toString.call(value).slice(0, SOURCE_LIMIT)
  return /^(?:async\s*)?(?:function\b[^(]*|[\w$]*\s*)\(([^()]*)\)/.exec(source)?.[1] ?? ''
}

/** So many characters of a function are looked at for its parameters. */
const SOURCE_LIMIT = 1000

const generators = ['[object GeneratorFunction]', '[object AsyncGeneratorFunction]']

function isFunction(value: unknown): value is Callable {
  return typeof value === 'function'
}
