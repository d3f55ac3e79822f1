import { readFile } from 'node:fs/promises'
import { outline, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import * as middleware from './index.ts'

test('the root exports what the subpaths export', async () => {
  const { exports } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const subpaths = Object.keys(exports).filter((path) => path !== '.' && path !== './package.json')
  const parts = await Promise.all(subpaths.map((path) => import(`@stapel/middleware${path.slice(1)}`)))
  expect({ ...middleware }).toEqual(Object.assign({}, ...parts))
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
