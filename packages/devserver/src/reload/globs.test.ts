import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseGlob } from './globs.ts'

const matches = (glob: string, path: string): boolean => parseGlob(glob, '/work').matches(path)

describe('a glob', () => {
  test.each([
    ['templates/**', '/work/templates/a/b.html'],
    ['./templates/*.html', '/work/templates/a.html'],
    ['**/*.{css,html}', '/work/a/b/c.css'],
    ['../shared/*.json', '/shared/a.json'],
    ['/etc/app/*.conf', '/etc/app/a.conf'],
    ['data.json', '/work/data.json'],
    ['public', '/work/public/a/b.css'],
    ['public/', '/work/public/a/b.css'],
    ['.', '/work/a/b.txt'],
    ['a[1].txt', '/work/a1.txt'],
    ['node_modules/some/**', '/work/node_modules/some/a.js'],
    ['.config/*.json', '/work/.config/a.json'],
  ])('%s matches %s', (glob, path) => {
    expect(matches(glob, path)).toBe(true)
  })

  test.each([
    ['templates/**', '/work/other/a.html'],
    ['templates/*.html', '/work/templates/a/b.html'],
    ['public', '/work/public.css'],
    ['**', '/work/node_modules/some/a.js'],
    ['.', '/work/node_modules/some/a.js'],
    ['**', '/work/.git/config'],
    ['.', '/work/.git/config'],
    ['.', '/other/a.txt'],
    ['data.json', '/work/a/data.json'],
  ])('%s does not match %s', (glob, path) => {
    expect(matches(glob, path)).toBe(false)
  })

  test.each([
    ['templates/**/*.html', '/work/templates'],
    ['*.html', '/work'],
    ['../shared/*.json', '/shared'],
    ['data.json', '/work/data.json'],
  ])('%s is looked for in %s', (glob, base) => {
    expect(parseGlob(glob, '/work').base).toBe(base)
  })

  test('is total', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (glob, path) => {
        expect(typeof matches(glob, `/work/${path}`)).toBe('boolean')
      }),
    )
  })
})
