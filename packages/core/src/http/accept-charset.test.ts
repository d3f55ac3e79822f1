import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseCharset } from './accept-charset.ts'

test.each([
  { header: 'iso-8859-5, Unicode-1-1;q=0.8', charset: 'iso-8859-5' },
  { header: 'ISO-8859-5;q=0.5, utf-8', charset: 'UTF-8' },
  { header: 'utf-8;q=0.5, *;q=0.7', charset: 'iso-8859-5' },
  { header: '*', charset: 'UTF-8' },
  { header: 'utf-8;q=0, *', charset: 'iso-8859-5' },
  { header: 'koi8-r', charset: undefined },
  { header: '*;q=0', charset: undefined },
  { header: '', charset: 'UTF-8' },
  { header: undefined, charset: 'UTF-8' },
])('$header: $charset', ({ header, charset }) => {
  expect(chooseCharset(header, ['UTF-8', 'iso-8859-5'])).toBe(charset)
})

test('any header gives one of the offers or none', () => {
  const near = fc.string({ unit: fc.constantFrom('utf-8', 'a', ',', ';', 'q', '=', '0', '.', '*', ' ') })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
      expect([undefined, 'utf-8', 'a']).toContain(chooseCharset(header, ['utf-8', 'a']))
    }),
  )
})
