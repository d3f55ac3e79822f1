import { type Application, NotFound, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Converter, readConverters } from './converter.ts'
import { date, int, Router } from './index.ts'

/** The converter made of a value, with its pattern built in. */
function read(value: unknown): Converter<unknown> {
  return readConverters({ x: value as never }).get('x') as Converter<unknown>
}

/** Answers with what was captured. */
const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(environ['stapel.params'])
}

describe('a converter with a pattern', () => {
  test('gives the text itself when it has nothing else', () => {
    const slug = read({ pattern: /[a-z]+(?:-[a-z]+)*/ })
    expect(['a-b', 'a', '', 'A', 'a-', 'xa-b!'].map((text) => slug.parse(text))).toEqual([
      'a-b',
      'a',
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(slug.format('a-b')).toBe('a-b')
    expect(slug.name).toBe('/[a-z]+(?:-[a-z]+)*/')
    expect(slug.weight).toBe(0)
  })

  test('writes no list, of which one element would pass for the value', () => {
    expect(() => read({ pattern: /[a-z]+/ }).format(['a'])).toThrow('Got a list; expected one value.')
  })

  test('needs a name beside a parse of its own, which the pattern does not describe', () => {
    const parse = (text: string): string => text
    expect(() => read({ pattern: /a/, parse, format: parse })).toThrow(TypeError)
    expect(read({ name: 'a', pattern: /a/, parse, format: parse }).name).toBe('a')
  })

  test('holds for the whole text, whichever way the expression chooses, and for every line of it', () => {
    expect(
      ['a', 'bc', 'ac', 'b', 'bc\n', 'a\nbc'].map((text) => read({ pattern: /a|bc/ }).parse(text)),
    ).toEqual(['a', 'bc', undefined, undefined, undefined, undefined])
    expect(read({ pattern: /^.$/su }).parse('\u{1F600}')).toBe('\u{1F600}')
    expect(read({ pattern: /(.)\1/i }).parse('aA')).toBe('aA')
  })

  test('is asked before parse', () => {
    const seen: string[] = []
    const hex = read({
      name: 'hex',
      weight: 35,
      pattern: /[0-9a-f]{2}/,
      parse(text: string) {
        seen.push(text)
        return Number.parseInt(text, 16)
      },
      format: (value: number) => value.toString(16).padStart(2, '0'),
    })
    expect(['0f', 'zz', '0f0'].map((text) => hex.parse(text))).toEqual([15, undefined, undefined])
    expect(seen).toEqual(['0f'])
    expect(hex.format(15)).toBe('0f')
    expect([hex.name, hex.weight]).toEqual(['hex', 35])
  })

  test('is tested after decoding, and tells rules apart', async () => {
    const router = new Router()
      .get('/:word', show, { convert: { word: { pattern: /\p{Lu}\p{Ll}+/u } } })
      .get('/:word', show, { convert: { word: { name: 'digits', weight: 1, pattern: /\d+/ } } })
    const client = new Client(validate(router.app))
    expect((await client.get('/%C3%84pfel')).json()).toEqual({ word: 'Äpfel' })
    expect((await client.get('/42')).json()).toEqual({ word: '42' })
    expect((await client.get('/%C3%A4pfel')).status).toBe(404)
    expect(() => router.get('/:other', show, { convert: { other: { pattern: /\p{Lu}\p{Ll}+/u } } })).toThrow(
      TypeError,
    )
  })

  test('builds only what it takes', () => {
    const router = new Router().get('/:slug', show, {
      name: 'post',
      convert: { slug: { pattern: /[a-z-]+/ } },
    })
    expect(router.url('post', { slug: 'a-b' })).toBe('/a-b')
    expect(() => router.url('post', { slug: 'A' })).toThrow('which /[a-z-]+/ does not accept')
  })

  test('gives back every text it takes', () => {
    const slug = read({ pattern: /[a-z]+(?:-[a-z]+)*/ })
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]+(?:-[a-z]+)*$/), fc.string(), (text, other) => {
        expect(slug.parse(slug.format(text))).toBe(text)
        expect(slug.parse(other)).toBe(/^[a-z]+(?:-[a-z]+)*$/.test(other) ? other : undefined)
      }),
    )
  })

  test.each([/a/g, /a/y, /a/m, /a/gi])('throws for the flags of %s', (pattern) => {
    expect(() => read({ pattern })).toThrow(
      `Got the pattern ${pattern} for x; leave out the flags g, m and y.`,
    )
  })

  test('throws for a pattern that is no RegExp', () => {
    expect(() => read({ pattern: '[a-z]+' })).toThrow('Got "[a-z]+" for the pattern of x; expected a RegExp.')
  })
})

describe('what is no converter', () => {
  test.each([
    undefined,
    null,
    'int',
    int,
    Number,
    {},
    { name: 'x' },
    { name: 'x', parse: String },
    { name: 'x', format: String },
    { parse: String, format: String },
    { parse: String, format: String, pattern: /x/ },
    { pattern: /x/, parse: String, name: 'x' },
    { pattern: /x/, format: String },
    { pattern: /x/, name: 7 },
    { pattern: /x/, weight: Number.NaN },
    { name: 'x', parse: String, format: String, weight: Infinity },
    { name: 'x', parse: 'parse', format: String },
  ])('throws for %j', (value) => {
    expect(() => read(value)).toThrow(TypeError)
    expect(() => read(value)).toThrow('to convert x; expected a converter, as int() gives')
  })

  test('throws for a parse that is async, since its promise would be the value', () => {
    expect(() => read({ name: 'x', parse: async () => 1, format: String })).toThrow(
      'Got an async parse to convert x; a router does not wait',
    )
  })

  test('takes an object of a class', () => {
    class Upper implements Converter<string> {
      readonly name = 'upper'
      readonly #suffix = '!'
      parse(text: string): string {
        return text.toUpperCase() + this.#suffix
      }
      format(value: string): string {
        return value.toLowerCase()
      }
    }
    expect(read(new Upper()).parse('a')).toBe('A!')
    expect(read(Object.assign(new Upper(), { pattern: /a/ })).parse('a')).toBe('A!')
  })
})

describe('a converter that throws', () => {
  const tenants = new Map([['acme', { id: 1 }]])
  const tenant: Converter<{ id: number }> = {
    name: 'tenant',
    parse(text) {
      if (text === 'gone') throw new NotFound('That tenant has left.')
      if (text === 'broken') throw new RangeError('secret detail')
      return tenants.get(text)
    },
    format: () => 'acme',
  }
  const router = new Router().get('/:tenant', show, { convert: { tenant } }).get('/:other', show)

  test('answers with an HTTPError, and no other rule is tried', async () => {
    const response = await new Client(validate(router.app)).get('/gone')
    expect(response.status).toBe(404)
    expect(response.text()).toContain('That tenant has left.')
  })

  test('hands on any other error, which a gateway answers 500', async () => {
    const client = new Client(validate(router.app))
    await expect(client.get('/broken')).rejects.toThrow(RangeError)
    expect((await client.get('/acme')).json()).toEqual({ tenant: { id: 1 } })
    expect((await client.get('/else')).json()).toEqual({ other: 'else' })
  })

  test('throws from match', () => {
    expect(() => router.match('GET', '/broken')).toThrow('secret detail')
    expect(() => router.match('GET', '/gone')).toThrow(NotFound)
  })

  test('may ask the same router while it is asked', () => {
    const asking: Router = new Router()
    const known = {
      name: 'known',
      parse: (text: string) => (asking.match('GET', `/known/${text}`).rule === undefined ? undefined : text),
      format: String,
    }
    asking
      .get('/known/:day', show, { convert: { day: date() } })
      .get('/days/:id', show, { convert: { id: known } })
    expect(asking.match('GET', '/days/2026-11-21')).toMatchObject({ params: { id: '2026-11-21' } })
    expect(asking.match('GET', '/days/2026-11-31').rule).toBeUndefined()
  })
})
