/** Every middleware that needs no Node, in the order of docs/middleware.md. The tests see that none is left out. */
import { NotFound, stack } from '@stapel/core'
import { accessLog } from '@stapel/middleware/access-log'
import { basicAuth } from '@stapel/middleware/basic-auth'
import { bodyLimit } from '@stapel/middleware/body-limit'
import { breaker } from '@stapel/middleware/breaker'
import { cascade } from '@stapel/middleware/cascade'
import { cors } from '@stapel/middleware/cors'
import { csrf } from '@stapel/middleware/csrf'
import { dispatch } from '@stapel/middleware/dispatch'
import { errorPages } from '@stapel/middleware/error-pages'
import { health } from '@stapel/middleware/health'
import { proxyFix } from '@stapel/middleware/proxy-fix'
import { requestId } from '@stapel/middleware/request-id'
import { securityHeaders } from '@stapel/middleware/security-headers'
import { timeout } from '@stapel/middleware/timeout'
import { trustedHosts } from '@stapel/middleware/trusted-hosts'
import { unavailable } from '@stapel/middleware/unavailable'

const lines = []

const shop = async (environ, startResponse) => {
  if (environ.PATH_INFO === '/fail') throw new Error('secret')
  const { length } = await environ['stapel.context'].read()
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify({
    at: [environ.SCRIPT_NAME, environ.PATH_INFO],
    user: environ.REMOTE_USER,
    id: environ['stapel.request_id'],
    nonce: environ['stapel.csp_nonce'],
    length,
  })
}

const stored = (_environ, startResponse) => {
  startResponse('404 Not Found', [])
  return ''
}

const shown = (environ, startResponse) => {
  if (environ.PATH_INFO !== '/page') throw new NotFound('There is no such page.')
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'the second had it'
}

/** Below the layers; `/lines` gives what the log has, and does not stand behind them. */
export const layered = dispatch(
  {
    '/lines': (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'application/json']])
      return `[${lines.join(',')}]`
    },
  },
  {
    default: stack(
      dispatch({ '/shop': shop }, { default: cascade([stored, shown]) }),
      proxyFix(),
      requestId(),
      accessLog((line) => void lines.push(line), {
        format: 'json',
        fields: ['id', 'address', 'user', 'method', 'path', 'status', 'size', 'outcome'],
      }),
      health('/health'),
      trustedHosts(['127.0.0.1']),
      securityHeaders({ nonce: true }),
      cors(['https://app.example'], { credentials: true }),
      unavailable({ contact: 'webmaster@example.org' }),
      errorPages({ statuses: { 404: true, 413: true } }),
      breaker(),
      timeout(10_000),
      bodyLimit(16),
      basicAuth({ ada: 'lovelace' }),
      csrf(),
    ),
  },
)
