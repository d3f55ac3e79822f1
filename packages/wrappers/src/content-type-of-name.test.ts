import { expect, test } from 'vitest'
import { contentTypeOfName } from './content-type-of-name.ts'

test.each([
  ['a.html', 'text/html; charset=utf-8'],
  ['a.JS', 'text/javascript; charset=utf-8'],
  ['a.json', 'application/json'],
  ['a.png', 'image/png'],
  ['a.tar.gz', 'application/gzip'],
  ['.png', 'image/png'],
  ['png', 'application/octet-stream'],
  ['a.', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
  ['a.__proto__', 'application/octet-stream'],
  ['', 'application/octet-stream'],
])('%j is %s (robustness.md K2)', async (name, type) => {
  expect(await contentTypeOfName(name)).toBe(type)
})
