/**
 * The option `except`: requests that a layer lets through as if it were not there.
 *
 * The threat: an exception for more than was meant, as of a guard. Paths are compared in the normal form of clause 2, which is what those inside read, and in whole
 * segments: `/hooks` is neither `/hooks-admin` nor `/hooks%2Fadmin` nor `/hooks/../admin`. What is not stopped: an application inside that takes two
 * different paths for one, as one that ignores letter case does.
 *
 * @module
 */
import type { Environ } from '@stapel/core'
import { normalizePath } from '@stapel/core/http'
import { type OptionCheck, show } from './check-options.ts'

/**
 * Requests that are left alone: those of a list of paths as clients see them (`SCRIPT_NAME` and `PATH_INFO`) and of all below these, as in `['/hooks']`, or those for which
 * a function of environ gives `true`.
 */
export type Except = readonly string[] | ((environ: Environ) => boolean)

/** The form of the option; {@link compileExcept} looks at the paths. */
export const exceptCheck: OptionCheck = {
  expected:
    "a list of paths, as in ['/hooks'], or a function that gets environ and gives true for what is left alone",
  accepts: (value) => Array.isArray(value) || typeof value === 'function',
}

/** Whether a request is left alone; throws a TypeError that begins with the name of the middleware for what is no path. */
export function compileExcept(middleware: string, except: Except | undefined): (environ: Environ) => boolean {
  if (typeof except === 'function') return (environ) => except(environ) === true
  if (except === undefined || except.length === 0) return () => false
  const paths = except.map((path) => parsePath(middleware, path))
  return ({ SCRIPT_NAME, PATH_INFO }) => {
    const path = SCRIPT_NAME + PATH_INFO
    return paths.some(
      (prefix) => path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/'),
    )
  }
}

function parsePath(middleware: string, path: unknown): string {
  const normal = typeof path === 'string' && path.startsWith('/') ? normalizePath(path) : undefined
  if (normal === undefined || normal === '/' || /[?#*]/.test(path as string)) {
    throw new TypeError(
      `${middleware}: got ${show(path)} among the exceptions; expected a path that starts with a slash, as in '/hooks', and is not all of them; those below it are meant, too, without a '*'.`,
    )
  }
  return normal.endsWith('/') ? normal.slice(0, -1) : normal
}
