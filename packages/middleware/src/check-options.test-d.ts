import { test } from 'vitest'
import * as middleware from './index.ts'

declare const env: Readonly<Record<string, string | undefined>>
declare const nothing: undefined

test('an option that may be missing is given as it is', () => {
  middleware.unavailable({ contact: env.CONTACT, retryAfter: nothing })
  middleware.basicAuth(
    { ada: 'x' },
    { realm: env.REALM, except: nothing, message: nothing, pendingLimit: nothing },
  )
  middleware.compress({
    codings: nothing,
    level: nothing,
    threshold: nothing,
    except: nothing,
    cache: nothing,
  })
  middleware.staticFiles({ '/': '.' }, { maxAge: nothing, cache: { maxBytes: nothing }, fallback: nothing })
  middleware.timeout(1000, { retryAfter: nothing, except: nothing })
  middleware.cors('*', { allowHeaders: nothing, maxAge: nothing })
  middleware.securityHeaders({ headers: nothing, nonce: nothing })
  middleware.proxyFix({ peers: nothing, for: nothing })
})
