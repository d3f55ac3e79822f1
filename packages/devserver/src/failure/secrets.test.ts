import { expect, test } from 'vitest'
import { maskQuery, maskValue } from './secrets.ts'

// robustness.md D3
test.for([
  'HTTP_COOKIE',
  'HTTP_AUTHORIZATION',
  'HTTP_PROXY_AUTHORIZATION',
  'HTTP_X_API_KEY',
  'HTTP_X_CSRF_TOKEN',
  'password',
  'clientSecret',
  'sessionId',
  'Auth',
])('the value of %s is hidden', (name) => {
  expect(maskValue(name, 'value')).toBe('(hidden)')
})

test.for(['HTTP_HOST', 'HTTP_ACCEPT', 'CONTENT_TYPE', 'author', 'monkey', 'keyboard', 'PATH_INFO'])(
  'the value of %s is shown',
  (name) => {
    expect(maskValue(name, 'value')).toBe('value')
  },
)

test.for([
  ['/a?token=1&b=2', '/a?token=(hidden)&b=2'],
  ['/a?b=2&access_token=x%3Dy', '/a?b=2&access_token=(hidden)'],
  ['/callback?code=1&state=2', '/callback?code=(hidden)&state=2'],
  ['/a?token', '/a?token'],
  ['/token=1', '/token=(hidden)'],
  ['/a?b=token', '/a?b=token'],
  ['?', '?'],
  ['', ''],
] as const)('%s is shown as %s', ([text, shown]) => {
  expect(maskQuery(text)).toBe(shown)
})
