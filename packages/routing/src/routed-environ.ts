import type { Environ } from '@stapel/core'

/**
 * Puts what was captured into environ, over what a router outside captured. In place: a copy of thirty keys costs more than all of the
 * routing, and no layer outside reads the key.
 */
export function setParams(environ: Environ, params: Readonly<Record<string, unknown>>): void {
  const outer = environ['stapel.params']
  environ['stapel.params'] = outer === undefined ? params : { ...outer, ...params }
}

/** A shallow copy whose first `length` characters of `PATH_INFO` have moved to `SCRIPT_NAME` (clause 2). */
export function mountEnviron(
  environ: Environ,
  length: number,
  params: Readonly<Record<string, unknown>> | undefined,
): Environ {
  const path = environ.PATH_INFO
  const mounted = {
    ...environ,
    SCRIPT_NAME: environ.SCRIPT_NAME + path.slice(0, length),
    PATH_INFO: path.slice(length),
  }
  if (params !== undefined) setParams(mounted, params)
  return mounted
}
