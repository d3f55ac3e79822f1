import type { Environ } from '@stapel/core'
import { NO_PARAMS } from './capture.ts'
import type { Mounts } from './external-url.ts'
import type { Found } from './found.ts'

/**
 * Puts what was captured into environ, over what a router outside captured. In place: a copy of thirty keys costs more than all of the
 * routing, and no layer outside reads the key.
 */
export function setParams(environ: Environ, params: Readonly<Record<string, unknown>>): void {
  const outer = environ['stapel.params']
  environ['stapel.params'] = outer === undefined ? params : { ...outer, ...params }
}

/**
 * The environ for what is mounted: a shallow copy in which the beginning of `PATH_INFO` has moved to `SCRIPT_NAME` (clause 2); a fallback, which moves
 * nothing, gets the environ itself. `stapel.mounts` says where the router was, for URLs of its own that are built inside.
 */
export function mountEnviron(
  environ: Environ,
  { rule, scriptName, pathInfo, params }: Found,
  router: object,
): Environ {
  const mounts: Mounts = {
    router,
    scriptName: environ.SCRIPT_NAME,
    slashes: rule,
    outer: environ['stapel.mounts'] as Mounts | undefined,
  }
  const mounted =
    scriptName === ''
      ? environ
      : { ...environ, SCRIPT_NAME: environ.SCRIPT_NAME + scriptName, PATH_INFO: pathInfo }
  mounted['stapel.mounts'] = mounts
  if (params !== NO_PARAMS) setParams(mounted, params)
  return mounted
}
