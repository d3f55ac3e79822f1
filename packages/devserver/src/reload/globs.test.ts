import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseGlob } from './globs.ts'

const matches = (glob: string, path: string): boolean => parseGlob(glob, '/site').matches(path)

describe('a glob', () => {
  test.each([
    ['templates/**', '/site/templates/a/b.html'],
    ['./templates/*.html', '/site/templates/a.html'],
    ['**/*.{css,html}', '/site/a/b/c.css'],
    ['../shared/*.json', '/shared/a.json'],
    ['/etc/app/*.conf', '/etc/app/a.conf'],
    ['data.json', '/site/data.json'],
    ['public', '/site/public/a/b.css'],
    ['public/', '/site/public/a/b.css'],
    ['.', '/site/a/b.txt'],
    ['a[1].txt', '/site/a1.txt'],
    ['node_modules/some/**', '/site/node_modules/some/a.js'],
    ['.config/*.json', '/site/.config/a.json'],
  ])('%s matches %s', (glob, path) => {
    expect(matches(glob, path)).toBe(true)
  })

  test.each([
    ['templates/**', '/site/other/a.html'],
    ['templates/*.html', '/site/templates/a/b.html'],
    ['public', '/site/public.css'],
    ['**', '/site/node_modules/some/a.js'],
    ['.', '/site/node_modules/some/a.js'],
    ['**', '/site/.git/config'],
    ['.', '/site/.git/config'],
    ['.', '/other/a.txt'],
    ['data.json', '/site/a/data.json'],
  ])('%s does not match %s', (glob, path) => {
    expect(matches(glob, path)).toBe(false)
  })

  test.each([
    ['templates/**/*.html', '/site/templates'],
    ['*.html', '/site'],
    ['../shared/*.json', '/shared'],
    ['data.json', '/site/data.json'],
  ])('%s is looked for in %s', (glob, base) => {
    expect(parseGlob(glob, '/site').base).toBe(base)
  })

  test('is total', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (glob, path) => {
        expect(typeof matches(glob, `/site/${path}`)).toBe('boolean')
      }),
    )
  })
})
