import { expect, test } from 'vitest'
import { parseTarget } from './target.ts'

test.each([
  ['/a?b?c', 'GET', { path: '/a', query: 'b?c', authority: undefined }],
  ['/?', 'GET', { path: '/', query: '', authority: undefined }],
  ['//a/b', 'GET', { path: '//a/b', query: '', authority: undefined }],
  ['http://h:1', 'GET', { path: '/', query: '', authority: 'h:1' }],
  ['http://h?q', 'GET', { path: '/', query: 'q', authority: 'h' }],
  ['HTTPS://h/p', 'GET', { path: '/p', query: '', authority: 'h' }],
  ['http://h', 'OPTIONS', { path: '', query: '', authority: 'h' }],
  ['*', 'OPTIONS', { path: '', query: '', authority: undefined }],
])('takes %j of %s apart', (target, method, parts) => {
  expect(parseTarget(target, method)).toEqual(parts)
})

test('encodes bytes beyond ASCII as the bytes they are', () => {
  expect(parseTarget('/\xe4?\xff', 'GET')).toMatchObject({ path: '/%E4', query: '%FF' })
})

test.each([
  '',
  'a',
  'a/b',
  'ftp://h/',
  'h:80',
  '*',
  'http://u@h/',
  'http://h:65536/',
  'http:///a',
  '/..',
  '/%00',
])('refuses %j for GET', (target) => {
  expect(() => parseTarget(target, 'GET')).toThrow(expect.objectContaining({ status: 400 }))
})
