import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseMediaType, formatAccept, parseAccept } from './accept.ts'
import { chooseCharset } from './accept-charset.ts'
import { chooseEncoding } from './accept-encoding.ts'
import { chooseLanguage } from './accept-language.ts'
import { formatCacheControl, parseCacheControl } from './cache-control.ts'
import { formatContentDisposition, parseContentDisposition } from './content-disposition.ts'
import { parseContentRange } from './content-range.ts'
import { parseHttpDate } from './date.ts'
import { formatDict, parseDict } from './dict.ts'
import { formatEntityTags, parseEntityTag, parseEntityTags } from './etag.ts'
import { extendedParameters, formatExtendedValue, parseExtendedValue } from './extended-value.ts'
import { isFieldValue } from './field.ts'
import { parseIfRange } from './if-range.ts'
import { formatList, parseList, splitList } from './list.ts'
import { formatMediaType, matchesMediaType, parseMediaType } from './media-type.ts'
import { formatOptions, parseOptions } from './options.ts'
import { formatParameters, parseParameters } from './parameters.ts'
import { parseRange } from './range.ts'
import { addVary, parseVary } from './vary.ts'
import { parseWord } from './word.ts'

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  addVary: (text) => addVary(text, 'Accept'),
  chooseCharset: (text) => chooseCharset(text, ['utf-8', 'a']),
  chooseEncoding: (text) => chooseEncoding(text, ['gzip', 'a']),
  chooseLanguage: (text) => chooseLanguage(text, ['en', 'a-b']),
  chooseMediaType: (text) => chooseMediaType(text, ['text/html', 'a/b']),
  formatContentDisposition: (text) => formatContentDisposition('attachment', text),
  matchesMediaType: (text) => matchesMediaType(text, text),
  parseAccept,
  parseCacheControl,
  parseContentDisposition,
  parseContentRange,
  parseDict,
  parseEntityTag,
  parseEntityTags,
  parseExtendedValue,
  parseHttpDate,
  parseIfRange,
  parseList,
  parseMediaType,
  parseOptions,
  parseParameters,
  parseRange,
  parseVary,
  parseWord,
  splitList,
}

/** Far beyond what any gateway lets in. Work that grew with its square would run into the time limit of the test. */
const SIZE = 2 ** 18

const hostile: Readonly<Record<string, string>> = {
  nothing: '',
  spaces: ' ',
  tabs: '\t',
  'no-break spaces': '\xa0',
  commas: ',',
  'commas and spaces': ' ,\t',
  semicolons: ';',
  'equals signs': '=',
  quotes: '"',
  'quotes and commas': '",',
  backslashes: '\\',
  'escaped quotes': '\\"',
  letters: 'a',
  digits: '1',
  hyphens: '-',
  asterisks: '*',
  slashes: '/',
  'percent signs': '%',
  'escapes of UTF-8': '%c3%a4',
  apostrophes: "'",
  subtags: 'a-',
  parameters: ';a=b',
  'quoted parameters': ';a="\\"b"',
  weights: ';q=0.5',
  members: 'a=b,',
  'quoted members': 'a="b,\\"",',
  ranges: '1-2,',
  tags: 'W/"a", ',
  surrogates: '\ud83d',
  accents: '\u0301',
}

const heads = ['', '"', 'a/b;c="', "a;filename*=utf-8''", 'bytes=1-']

describe.each(Object.entries(parsers))('%s', (_name, parse) => {
  test.each(Object.entries(hostile))('comes to an end with 256 KiB of %s', (_kind, unit) => {
    for (const head of heads) {
      const text = head + unit.repeat(unit === '' ? 0 : SIZE / unit.length)
      expect(() => parse(text)).not.toThrow()
    }
  })
})

const formatters: Readonly<Record<string, (text: string) => string>> = {
  'a list': (text) => formatList([text, text]),
  'a dict': (text) => formatDict([[text, text], ['a', text], [text]]),
  'options around a value': (text) => formatOptions({ value: text, parameters: [] }),
  'the name of a parameter': (text) => formatParameters([[text, 'a']]),
  'the value of a parameter': (text) => formatParameters([['a', text]]),
  'an extended value': (text) => formatExtendedValue(text),
  'the language of an extended value': (text) => formatExtendedValue('a', text),
  'extended parameters': (text) => formatParameters(extendedParameters('a', text)),
  'a fallback': (text) => formatParameters(extendedParameters('a', 'b', { fallback: text })),
  'a file name': (text) => formatContentDisposition('attachment', text),
  'the fallback of a file name': (text) => formatContentDisposition('attachment', 'ä', { fallback: text }),
  'a disposition': (text) => formatContentDisposition(text),
  'a media type': (text) => formatMediaType({ essence: text, parameters: [] }),
  'the subtype of a media type': (text) => formatMediaType({ essence: `a/${text}`, parameters: [] }),
  'an entity tag': (text) => formatEntityTags([{ value: text, weak: true }]),
  'a field of Vary': (text) => addVary('Accept', text),
  'a range of Accept': (text) => formatAccept([{ value: text, parameters: [[text, text]], quality: 1 }]),
  'a field of Cache-Control': (text) => formatCacheControl({ private: [text] }),
  'an extension of Cache-Control': (text) => formatCacheControl({ extensions: new Map([[text, text]]) }),
}

test.each(Object.entries(formatters))('%s carries no other header, whatever the text', (_name, format) => {
  const near = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\0', '"', '\\', ';', ',', '=', 'ä', '€') })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
      let header: string
      try {
        header = format(text)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
        return
      }
      expect(isFieldValue(header)).toBe(true)
    }),
  )
})

const files = readdirSync(import.meta.dirname).filter((name) => /(?<!\.test)\.ts$/.test(name))

describe.each(files)('%s', (file) => {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8')
  const imported = [...source.matchAll(/^import (type )?[^']*?from '([^']+)'/gm)]

  test('can be imported alone', async () => {
    const url = new URL(file, import.meta.url).href
    expect(Object.keys(await import(/* @vite-ignore */ url)).length).toBeGreaterThan(0)
  })

  test('needs nothing but other files of the vocabulary, and types', () => {
    for (const [, type, from] of imported) {
      expect(from).toMatch(type === undefined ? /^\.\/[a-z-]+\.ts$/ : /^\.\.?\/[a-z-]+\.ts$/)
      expect(from).not.toBe('./index.ts')
    }
    expect(source).not.toMatch(/\b(?:process|Buffer)\b|\brequire\(|node:/)
  })

  test('has one idea: at most 300 lines', () => {
    expect(source.split('\n').length).toBeLessThanOrEqual(300)
  })
})
