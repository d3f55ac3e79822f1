import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePunycode, LABEL_LIMIT } from './punycode.ts'

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
        const ascii = URL.canParse(`http://${text}.example`) ? new URL(`http://${text}.example`).hostname : ''
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
