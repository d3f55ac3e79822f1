import { compileLiteral } from './gateway/compile-literal.ts'
import type { Environ } from './protocol.ts'

/** The most sequences of keys whose copies one function compiles; environs of others are copied key by key. */
export const COPY_LIMIT = 512

/**
 * A function that copies an environ (clause 2) without these keys, for layers that take something out of it.
 *
 * `delete` makes an object slow for everybody inside, and so, on Node 20, do keys that are added to a spread. This copy is a literal, compiled once for each
 * sequence of keys, like the environ of the gateway; where code may not be generated, the keys are assigned one by one.
 *
 * @example
 * ```ts
 * import { copyWithout, type Middleware } from '@stapel/core'
 *
 * const withoutCookies = copyWithout(['HTTP_COOKIE'])
 *
 * // An application that sees no cookies.
 * export const anonymous: Middleware = (app) => (environ, startResponse) =>
 *   app(withoutCookies(environ), startResponse)
 * ```
 */
export function copyWithout(keys: readonly string[]): (environ: Environ) => Environ {
  const left: ReadonlySet<string> = new Set(keys)
  const known = new Map<string, { readonly keys: readonly string[]; readonly copy: Copy }>()
  // Those of the last request, as the next one mostly has them too.
  let lastKeys: readonly string[] = []
  let last: Copy = () => ({}) as Environ

  function find(all: readonly string[]): Copy {
    const name = all.join('\n')
    const found = known.get(name)
    if (found !== undefined && isSame(found.keys, all)) return found.copy
    const isNew = found === undefined && known.size < COPY_LIMIT
    const copy = (isNew && compile(all, left)) || ((environ: Environ) => assign(environ, all, left))
    if (isNew) known.set(name, { keys: all, copy })
    return copy
  }

  return function copy(environ) {
    const all = Object.keys(environ)
    if (!isSame(all, lastKeys)) {
      last = find(all)
      lastKeys = all
    }
    return last(environ)
  }
}

type Copy = (environ: Environ) => Environ

function isSame(keys: readonly string[], others: readonly string[]): boolean {
  if (keys.length !== others.length) return false
  for (let i = 0; i < keys.length; i++) if (keys[i] !== others[i]) return false
  return true
}

function compile(keys: readonly string[], left: ReadonlySet<string>): Copy | undefined {
  // A literal would take it for the prototype.
  if (keys.includes('__proto__')) return undefined
  const rows = keys
    .filter((key) => !left.has(key))
    .map((key) => [key, `environ[${JSON.stringify(key)}]`] as const)
  return compileLiteral<Copy>(rows, ['environ'])
}

function assign(environ: Environ, keys: readonly string[], left: ReadonlySet<string>): Environ {
  const from = environ as unknown as Record<string, unknown>
  const copy: Record<string, unknown> = {}
  for (const key of keys) {
    if (left.has(key)) continue
    if (key === '__proto__') {
      const value = from[key]
      Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true })
    } else copy[key] = from[key]
  }
  return copy as unknown as Environ
}
