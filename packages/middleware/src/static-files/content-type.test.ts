import { describe, expect, test } from 'vitest'
import { contentTypeOf, createContentTypes, type FileTypes } from './content-type.ts'

test.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['main.css', 'text/css; charset=utf-8'],
  ['app.mjs', 'text/javascript; charset=utf-8'],
  ['data.json', 'application/json; charset=utf-8'],
  ['feed.atom', 'application/atom+xml; charset=utf-8'],
  ['map.geojson', 'application/geo+json; charset=utf-8'],
  ['data.xml', 'application/xml; charset=utf-8'],
  ['logo.svg', 'image/svg+xml; charset=utf-8'],
  ['site.webmanifest', 'application/manifest+json; charset=utf-8'],
  ['picture.PNG', 'image/png'],
])('%s is %s', (name, type) => {
  expect(contentTypeOf(name)).toBe(type)
})

test.each(['LICENSE', 'html', '.html', 'a.', 'a.unheard-of', '', 'a.__proto__', 'a.constructor'])(
  '%j is of no known type',
  (name) => {
    expect(contentTypeOf(name)).toBe('application/octet-stream')
  },
)

// robustness.md Z8: a type that says gzip twice, or an encoding made of the name, is undone by browsers before they save.
test.each([
  ['archive.tar.gz', 'application/gzip'],
  ['archive.tgz', 'application/gzip'],
  ['drawing.svgz', 'application/gzip'],
  ['page.html.gz', 'application/gzip'],
  ['archive.tar.zst', 'application/zstd'],
  ['page.html.br', 'application/octet-stream'],
])('%s, which is compressed, is %s', (name, type) => {
  expect(contentTypeOf(name)).toBe(type)
})

describe('types of ones own', () => {
  test('come before those of the database, by extension or by the whole name', () => {
    const typeOf = createContentTypes({
      '.ts': 'text/plain; charset=utf-8',
      '.Glb': 'model/gltf-binary',
      'apple-app-site-association': 'application/json',
    })
    expect(typeOf('a.ts')).toBe('text/plain; charset=utf-8')
    expect(typeOf('A.GLB')).toBe('model/gltf-binary')
    expect(typeOf('apple-app-site-association')).toBe('application/json')
    expect(typeOf('a.css')).toBe('text/css; charset=utf-8')
    expect(typeOf('a.constructor')).toBe('application/octet-stream')
  })

  test.each(['', '.', 'a/b', 'a\\b'])('throw for the key %j', (key) => {
    expect(() => createContentTypes({ [key]: 'text/plain' })).toThrow(`got ${JSON.stringify(key)} as a key`)
  })

  test.each(['', 'html', 'text/', 'text/plain\r\nX-A: b', 'text/plain; a="', 42])(
    'throw for the type %j',
    (type) => {
      expect(() => createContentTypes({ '.x': type } as FileTypes)).toThrow(
        `staticFiles: got ${JSON.stringify(type)} for the type of .x`,
      )
    },
  )
})
