import type { Middleware } from '@stapel/core'

/**
 * Asks search engines not to list what is below a path: a layer of the guestbook's own, to show how small one is. It calls through without a promise,
 * hands on what it gets, and leaves the lists of others as they are.
 */
export function noIndex(prefix: string): Middleware {
  return function noIndex(app) {
    return function noIndex(environ, startResponse) {
      if (!`${environ.PATH_INFO}/`.startsWith(`${prefix}/`)) return app(environ, startResponse)
      return app(environ, (status, headers, error) =>
        startResponse(status, [...headers, ['X-Robots-Tag', 'noindex']], error),
      )
    }
  }
}
