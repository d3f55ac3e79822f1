import { describe } from './body.ts'

/**
 * Throws a TypeError for what is no application, when a stack or a server is made of it; applications of other frameworks are told by what they
 * have, and the message says how they become one of ours. A plain `(req, res)` handler cannot be told: it is a function like any other.
 */
export function checkApplication(app: unknown): void {
  const adapter = adapterOf(app)
  if (adapter !== undefined) {
    throw new TypeError(
      `Got ${describe(app)} for the application, which is one of another framework; make it one of ours by ${adapter}.`,
    )
  }
  if (typeof app !== 'function') {
    throw new TypeError(`Got ${describe(app)} for the application; expected a function.${hintFor(app)}`)
  }
}

/** A router is no application, but has one. */
function hintFor(app: unknown): string {
  const inner = (app as { app?: unknown } | null | undefined)?.app
  return typeof inner === 'function' ? ' Hand on its member app, as in router.app.' : ''
}

const fromNode = "fromNode(…) of '@stapel/core/node'"
const fromFetch = "fromFetch(…) of '@stapel/core/fetch'"

function adapterOf(app: unknown): string | undefined {
  if (app === null || (typeof app !== 'object' && typeof app !== 'function')) return undefined
  const { fetch, listen, callback, routing } = app as Record<string, unknown>
  if (typeof fetch === 'function') return fromFetch
  // Express and connect are functions that can listen; Koa, Fastify, polka and http.Server are objects.
  return [listen, callback, routing].some((member) => typeof member === 'function') ? fromNode : undefined
}
