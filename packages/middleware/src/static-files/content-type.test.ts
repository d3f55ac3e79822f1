import { expect, test } from 'vitest'
import { contentTypeOf } from './content-type.ts'

test.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['main.css', 'text/css; charset=utf-8'],
  ['app.mjs', 'text/javascript; charset=utf-8'],
  ['data.json', 'application/json; charset=utf-8'],
  ['picture.PNG', 'image/png'],
  ['archive.tar.gz', 'application/gzip'],
])('%s is %s', (name, type) => {
  expect(contentTypeOf(name)).toBe(type)
})

test.each(['LICENSE', 'html', '.html', 'a.', 'a.unheard-of', '', 'a.__proto__', 'a.constructor'])(
  '%j is of no known type',
  (name) => {
    expect(contentTypeOf(name)).toBe('application/octet-stream')
  },
)
