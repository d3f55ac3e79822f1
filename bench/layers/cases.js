/**
 * What `bench/layers.js` measures: each middleware as it is usually set up, around an application that says hello; of each case the application, and what its
 * request has besides the headers of a browser (`undefined` leaves one out).
 */
import { stack } from '@stapel/core'
import * as middleware from '@stapel/middleware'

const { accessLog, basicAuth, bodyLimit, breaker, cascade, compress, cors, csrf, dispatch } = middleware
const { errorPages, etag, health, proxyFix, requestId, securityHeaders, staticFiles, timeout } = middleware
const { trustedHosts, unavailable } = middleware

const hello = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
  return 'Hello, World!'
}

const later = async (_environ, startResponse) => {
  await undefined
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
  return 'Hello, World!'
}

const nothing = (app) => (environ, startResponse) => app(environ, startResponse)

const addHeader = (name) => (app) => (environ, startResponse) =>
  app(environ, (status, headers, error) => {
    headers.push([name, 'value'])
    return startResponse(status, headers, error)
  })

const around = (...layers) => stack(hello, ...layers)
const ten = (make) => Array.from({ length: 10 }, (_, index) => make(`X-Layer-${index}`))
const lines = () => {}
const mounts = () => staticFiles({ '/static': new URL('.', import.meta.url).pathname })

const forwarded = {
  HTTP_X_FORWARDED_FOR: '203.0.113.7',
  HTTP_X_FORWARDED_PROTO: 'https',
}
const post = {
  REQUEST_METHOD: 'POST',
  CONTENT_LENGTH: '70',
  CONTENT_TYPE: 'application/json',
  HTTP_ORIGIN: 'https://example.org',
  HTTP_SEC_FETCH_SITE: 'same-origin',
}

/** The first is what all others are compared with. */
export const cases = {
  hello: { make: () => hello },
  'ten that do nothing': { make: () => around(...ten(() => nothing)) },
  'ten that add a header': { make: () => around(...ten(addHeader)) },
  'proxyFix, nothing forwarded': { make: () => around(proxyFix({ peers: ['loopback'] })) },
  'proxyFix, forwarded': { make: () => around(proxyFix({ peers: ['loopback'] })), environ: forwarded },
  requestId: { make: () => around(requestId()) },
  'accessLog, combined': { make: () => around(accessLog(lines)) },
  'accessLog, json': { make: () => around(accessLog(lines, { format: 'json' })) },
  health: { make: () => around(health('/healthz')) },
  trustedHosts: { make: () => around(trustedHosts(['example.org', '*.example.org'])) },
  securityHeaders: { make: () => around(securityHeaders()) },
  'securityHeaders, nonce': { make: () => around(securityHeaders({ nonce: true })) },
  'cors, same origin': { make: () => around(cors(['https://app.example'])) },
  'cors, other origin': {
    make: () => around(cors(['https://app.example'])),
    environ: { HTTP_ORIGIN: 'https://app.example' },
  },
  unavailable: { make: () => around(unavailable()) },
  errorPages: { make: () => around(errorPages({ statuses: { '4xx': true } })) },
  compress: { make: () => around(compress()) },
  breaker: { make: () => around(breaker()) },
  timeout: { make: () => around(timeout(30_000)) },
  'later, without a layer': { make: () => later },
  'later, timeout': { make: () => stack(later, timeout(30_000)) },
  'later, accessLog': { make: () => stack(later, accessLog(lines)) },
  'later, unavailable': { make: () => stack(later, unavailable()) },
  'bodyLimit, GET': { make: () => around(bodyLimit(1_048_576)) },
  'bodyLimit, POST': { make: () => around(bodyLimit(1_048_576)), environ: post },
  basicAuth: {
    make: () => around(basicAuth({ ada: 'correct horse battery' })),
    environ: { HTTP_AUTHORIZATION: `Basic ${btoa('ada:correct horse battery')}` },
  },
  'csrf, GET': { make: () => around(csrf()) },
  'csrf, POST': { make: () => around(csrf()), environ: post },
  'staticFiles, another path': { make: () => around(mounts()) },
  etag: { make: () => around(etag()) },
  'dispatch, the default': { make: () => dispatch({ '/shop': later, '/blog': later }, { default: hello }) },
  'dispatch, a mount': {
    make: () => dispatch({ '/shop': hello, '/blog': later }),
    environ: { PATH_INFO: '/shop/cart' },
  },
  'cascade, the first': { make: () => cascade([hello, later]) },
  // The stack of docs/middleware.md.
  'the usual stack': {
    make: () =>
      around(
        proxyFix({ peers: ['loopback'] }),
        requestId(),
        trustedHosts(['example.org', '127.0.0.1']),
        unavailable({ contact: 'webmaster@example.org' }),
        compress(),
        bodyLimit(1_048_576),
        mounts(),
        etag(),
      ),
    environ: forwarded,
  },
}
