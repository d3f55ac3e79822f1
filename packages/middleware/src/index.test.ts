import { outline, stack } from '@stapel/core'
import * as compress from '@stapel/middleware/compress'
import * as proxyFix from '@stapel/middleware/proxy-fix'
import * as staticFiles from '@stapel/middleware/static-files'
import * as unavailable from '@stapel/middleware/unavailable'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import * as middleware from './index.ts'

test('the root exports what the subpaths export', () => {
  expect({ ...middleware }).toEqual({ ...compress, ...proxyFix, ...staticFiles, ...unavailable })
})

test('all of them in one stack give a page to a client behind a proxy', async () => {
  const app = stack(
    function hello(environ, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return `Hello, ${environ.REMOTE_ADDR}!`
    },
    middleware.proxyFix({ peers: ['loopback'] }),
    middleware.unavailable({ contact: 'webmaster@example.org' }),
    middleware.compress(),
    middleware.staticFiles({ '/static': new URL('..', import.meta.url) }),
  )
  expect(String(outline(app)).split(/\n\s*/)).toEqual([
    'proxyFix',
    'unavailable',
    'compress',
    'staticFiles',
    'hello',
  ])
  const client = new Client(app)
  const headers = { 'X-Forwarded-For': '192.0.2.7', 'Accept-Encoding': 'gzip' }
  expect((await client.get('/', { headers })).text()).toBe('Hello, 192.0.2.7!')
  const file = await client.get('/static/package.json', { headers })
  expect(file.headers.get('Vary')).toBe('Accept-Encoding')
  expect(file.headers.get('Content-Encoding')).toBe('gzip')
})
