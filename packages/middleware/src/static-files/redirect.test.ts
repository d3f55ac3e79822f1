import type { Environ } from '@stapel/core'
import { expect, test } from 'vitest'
import { redirectHeaders } from './redirect.ts'

function location(scriptName: string, pathInfo: string, query = ''): string | undefined {
  const environ = {
    SCRIPT_NAME: scriptName,
    PATH_INFO: '/ignored',
    QUERY_STRING: query,
  } as unknown as Environ
  return redirectHeaders(environ, pathInfo).find(([name]) => name === 'Location')?.[1]
}

test('the target keeps where the application is mounted and the query (R5)', () => {
  expect(location('', '/docs/')).toBe('/docs/')
  expect(location('/app', '/docs/', 'a=1&b=%20')).toBe('/app/docs/?a=1&b=%20')
})

test('the target begins with exactly one slash (R1)', () => {
  expect(location('', '//example.org/')).toBe('/example.org/')
  expect(location('//example.org', '/')).toBe('/example.org/')
  expect(location('', '/\\example.org/')).toBe('/example.org/')
  expect(location('/', '/\\/example.org/')).toBe('/example.org/')
})

test('there is no content', () => {
  expect(redirectHeaders({ SCRIPT_NAME: '', QUERY_STRING: '' } as unknown as Environ, '/a/')).toContainEqual([
    'Content-Length',
    '0',
  ])
})
