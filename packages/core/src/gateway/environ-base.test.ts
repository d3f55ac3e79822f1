import { expect, test } from 'vitest'
import { compileLiteral } from './compile-literal.ts'
import { baseEnviron, baseRows, type RequestParts, type ServerParts, version } from './environ-base.ts'

type Make = (parts: RequestParts, server: ServerParts) => object

const parts = {
  method: 'GET',
  pathInfo: '/a',
  requestUri: '/%61?b',
  queryString: 'b',
  input: {},
  context: {},
} as RequestParts
const server = { scheme: 'https', serverName: 'here', serverPort: '443', errors: {} } as ServerParts

test('the compiled keys and the assigned ones are the same, in the same order', () => {
  const compiled = compileLiteral<Make>(baseRows, ['parts', 'server'], { version })?.(parts, server) as object
  const assigned = baseEnviron(parts, server, 'HTTP/1.1')
  expect(Object.entries(assigned)).toEqual([...Object.entries(compiled), ['SERVER_PROTOCOL', 'HTTP/1.1']])
})

test('2: nothing is missing that comes from no header', () => {
  expect(baseEnviron(parts, server, 'HTTP/1.0')).toEqual({
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/a',
    REQUEST_URI: '/%61?b',
    QUERY_STRING: 'b',
    SERVER_NAME: 'here',
    SERVER_PORT: '443',
    SERVER_PROTOCOL: 'HTTP/1.0',
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'https',
    'wsgi.input': parts.input,
    'wsgi.errors': server.errors,
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'stapel.context': parts.context,
  })
})
