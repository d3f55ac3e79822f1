/**
 * Two layers of the guestbook's own, to show how small a middleware is.
 *
 * @module
 */
import { type Application, Forbidden, type HeaderList } from '@stapel/core'

/**
 * Adds headers that forbid what these pages do not need: scripts, frames, forms and files from elsewhere. An answer that says something
 * else about one of them keeps it.
 */
export function safeHeaders(app: Application): Application {
  return function safeHeaders(environ, startResponse) {
    return app(environ, (status, headers, error) => {
      const given = new Set(headers.map(([name]) => name.toLowerCase()))
      const missing = defaults.filter(([name]) => !given.has(name.toLowerCase()))
      return startResponse(status, [...headers, ...missing], error)
    })
  }
}

const defaults: HeaderList = [
  [
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'same-origin'],
]

/**
 * Refuses requests that change something and come from a page of another site: any page may send a form to any address, also to this machine's.
 * Browsers say where a request comes from in `Sec-Fetch-Site`; a client that does not send it is no browser, and is let through.
 */
export function refuseCrossSite(app: Application): Application {
  return function refuseCrossSite(environ, startResponse) {
    const site = environ.HTTP_SEC_FETCH_SITE
    const reads = environ.REQUEST_METHOD === 'GET' || environ.REQUEST_METHOD === 'HEAD'
    if (!reads && site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw new Forbidden('This form was sent from a page of another site.')
    }
    return app(environ, startResponse)
  }
}
