import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import { decodePunycode, LABEL_LIMIT } from './punycode.ts'
import { urlHostname } from './url-hostname.ts'

describe('decodePunycode', () => {
  test.each([
    ['bcher-kva', 'bücher'],
    ['BCHER-KVA', 'BüCHER'],
    ['tda', 'ü'],
    ['n3h', '☃'],
    ['a-', 'a'],
    ['', ''],
    // RFC 3492 section 7.1: Arabic, Chinese, Hebrew, Japanese with Latin, a mixture with hyphens
    ['egbpdaj6bu4bxfgehfvwxn', 'ليهمابتكلموشعربي؟'],
    ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
    ['4dbcagdahymbxekheh6e0a7fei0b', 'למההםפשוטלאמדבריםעברית'],
    ['3B-ww4c5e180e575a65lsy2b', '3年B組金八先生'],
    ['Hello-Another-Way--fc4qua05auwb3674vfr0b', 'Hello-Another-Way-それぞれの場所'],
  ])('%j is %j', (label, text) => {
    expect(decodePunycode(label)).toBe(text)
  })

  test.each([
    // A digit that is none, an end within a number, deltas beyond Unicode and beyond what is counted, surrogates, basic characters beyond ASCII
    'a-!',
    'a-t',
    '99999999',
    'a-99999b',
    '-',
    'ü-tda',
    '\ud83d',
    'a'.repeat(LABEL_LIMIT + 1),
  ])('%j is none', (label) => {
    expect(decodePunycode(label)).toBeUndefined()
  })

  test('gives again what URL makes of a name', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', '1', 'ä', 'é', 'ß', '日', '本', 'ж', '𐌀'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(letters, (text) => {
        const ascii = urlHostname(`${text}.example`) ?? ''
        fc.pre(ascii.startsWith('xn--'))
        expect(decodePunycode(ascii.slice(4, -'.example'.length))).toBe(text)
      }),
    )
  })

  test('gives well-formed text or nothing, whatever it gets', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'z', '9', '-', 'k', 'v', '0', 'ü'), maxLength: 70 }),
        (label) => {
          const text = decodePunycode(label)
          if (text !== undefined) expect(() => encodeURIComponent(text)).not.toThrow()
        },
      ),
    )
  })
})

/** RFC 3492 section 7.1, without the one that is longer than a label. */
test.each([
  [
    'egbpdaj6bu4bxfgehfvwxn',
    '\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064a\u061f',
  ],
  ['ihqwcrb4cv8a8dqg056pqjye', '\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587'],
  ['ihqwctvzc91f659drss3x8bo0yb', '\u4ed6\u5011\u7232\u4ec0\u9ebd\u4e0d\u8aaa\u4e2d\u6587'],
  ['Proprostnemluvesky-uyb24dma41a', 'Pro\u010dprost\u011bnemluv\u00ed\u010desky'],
  [
    '4dbcagdahymbxekheh6e0a7fei0b',
    '\u05dc\u05de\u05d4\u05d4\u05dd\u05e4\u05e9\u05d5\u05d8\u05dc\u05d0\u05de\u05d3\u05d1\u05e8\u05d9\u05dd\u05e2\u05d1\u05e8\u05d9\u05ea',
  ],
  [
    'n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa',
    '\u306a\u305c\u307f\u3093\u306a\u65e5\u672c\u8a9e\u3092\u8a71\u3057\u3066\u304f\u308c\u306a\u3044\u306e\u304b',
  ],
  [
    'b1abfaaepdrnnbgefbaDotcwatmq2g4l',
    '\u043f\u043e\u0447\u0435\u043c\u0443\u0436\u0435\u043e\u043d\u0438\u043d\u0435\u0433\u043e\u0432\u043e\u0440\u044f\u0442\u043f\u043e\u0440\u0443\u0441\u0441\u043a\u0438',
  ],
  ['PorqunopuedensimplementehablarenEspaol-fmd56a', 'Porqu\u00e9nopuedensimplementehablarenEspa\u00f1ol'],
  [
    'TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g',
    'T\u1ea1isaoh\u1ecdkh\u00f4ngth\u1ec3ch\u1ec9n\u00f3iti\u1ebfngVi\u1ec7t',
  ],
  ['3B-ww4c5e180e575a65lsy2b', '3\u5e74B\u7d44\u91d1\u516b\u5148\u751f'],
  ['-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n', '\u5b89\u5ba4\u5948\u7f8e\u6075-with-SUPER-MONKEYS'],
  [
    'Hello-Another-Way--fc4qua05auwb3674vfr0b',
    'Hello-Another-Way-\u305d\u308c\u305e\u308c\u306e\u5834\u6240',
  ],
  ['2-u9tlzr9756bt3uc0v', '\u3072\u3068\u3064\u5c4b\u6839\u306e\u4e0b2'],
  ['MajiKoi5-783gue6qz075azm5e', 'Maji\u3067Koi\u3059\u308b5\u79d2\u524d'],
  ['de-jg4avhby1noc0d', '\u30d1\u30d5\u30a3\u30fcde\u30eb\u30f3\u30d0'],
  ['d9juau41awczczp', '\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067'],
  ['-> $1.00 <--', '-> $1.00 <-'],
])('%s is %s (RFC 3492 section 7.1)', (label, text) => {
  expect(decodePunycode(label)).toBe(text)
})

test('digits are letters in either case and digits of ASCII', () => {
  // Of two hyphens the last is the delimiter, so that one in the place of a digit is a character.
  expect(acceptedOf((character) => decodePunycode(`a-${character}a`) !== undefined)).toBe(
    sorted(`-${digits}${upper}${lower}`),
  )
  expect(decodePunycode('a-a')).toBe('\x80a')
  expect(decodePunycode('a-z')).toBeUndefined()
})

test('a label of 63 characters is read, one of 64 is not', () => {
  expect(decodePunycode(`${'a'.repeat(62)}-`)).toBe('a'.repeat(62))
  expect(decodePunycode(`${'a'.repeat(63)}-`)).toBeUndefined()
})
