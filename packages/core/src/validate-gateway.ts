import { normalizePath } from './http/path.ts'
import type { Environ } from './protocol.ts'
import type { Call } from './validate-call.ts'

/**
 * Checks what only a gateway has to keep, which no layer may be blamed for (clause 2): a layer calls an application twice with one environ,
 * or rewrites a path, and is right.
 */
export function checkGateway(environ: Environ, call: Call): void {
  const context = environ['stapel.context']
  // Clause 2: environ and the context are made anew for every request.
  if (seen.has(environ) || seen.has(context)) {
    const what = seen.has(environ) ? 'environ' : 'stapel.context'
    throw call.outer('2', `Used the ${what} of an earlier call; expected one made for this request.`)
  }
  seen.add(environ)
  seen.add(context)
  checkTarget(environ, call)
}

/** The environs and contexts of earlier calls. */
const seen = new WeakSet<object>()

/** Looks at targets of visible ASCII only: how others were sent, byte for byte, is not to be seen here. */
function checkTarget(environ: Environ, call: Call): void {
  const target = environ.REQUEST_URI
  if (environ.REQUEST_METHOD === 'CONNECT' || /[^\x21-\x7e]/.test(target)) return
  const mark = target.indexOf('?')
  // Clause 2: SCRIPT_NAME + PATH_INFO is the whole path of the request in normal form.
  const path = environ.SCRIPT_NAME + environ.PATH_INFO
  const expected = pathOf(mark === -1 ? target : target.slice(0, mark), environ.REQUEST_METHOD)
  if (path !== expected) {
    throw call.outer(
      '2',
      `SCRIPT_NAME and PATH_INFO give ${JSON.stringify(path)}; expected ${JSON.stringify(expected)}, the normal form of the path in REQUEST_URI.`,
    )
  }
  // Clause 2: the query is what follows the first '?', without it.
  const query = mark === -1 ? '' : target.slice(mark + 1)
  if (environ.QUERY_STRING !== query) {
    throw call.outer(
      '2',
      `QUERY_STRING is ${JSON.stringify(environ.QUERY_STRING)}; expected ${JSON.stringify(query)}, what follows the first '?' of REQUEST_URI.`,
    )
  }
}

/** The path of a request target (RFC 9112 section 3.2) in normal form. */
function pathOf(target: string, method: string): string | undefined {
  if (target === '*') return ''
  const rest = target.replace(/^https?:\/\/[^/]*/i, '')
  if (rest === '') return method === 'OPTIONS' ? '' : '/'
  return normalizePath(rest)
}
