import type { Environ } from '@stapel/core'
import { NO_PARAMS } from './matcher.ts'

/**
 * Puts what was captured into environ, over what a router outside captured. In place: a copy of thirty keys costs more than all of the
 * routing, and no layer outside reads the key.
 */
export function setParams(environ: Environ, params: Readonly<Record<string, unknown>>): void {
  const outer = environ['stapel.params']
  environ['stapel.params'] = outer === undefined ? params : { ...outer, ...params }
}

/** A shallow copy in which `scriptName`, the beginning of `PATH_INFO`, has moved to `SCRIPT_NAME` (clause 2). */
export function mountEnviron(
  environ: Environ,
  scriptName: string,
  pathInfo: string,
  params: Readonly<Record<string, unknown>>,
): Environ {
  const mounted = { ...environ, SCRIPT_NAME: environ.SCRIPT_NAME + scriptName, PATH_INFO: pathInfo }
  if (params !== NO_PARAMS) setParams(mounted, params)
  return mounted
}
