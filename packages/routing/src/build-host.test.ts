import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildHost } from './build-host.ts'
import { int, oneOf } from './converters.ts'
import { labelBounds } from './host-labels.ts'
import { parseHostPattern } from './host-pattern.ts'
import { matchHost } from './match-host.ts'

function build(source: string, params: Record<string, unknown>, convert = {}): string {
  return buildHost(parseHostPattern(source, convert), params)
}

describe('buildHost', () => {
  test.each([
    ['Example.org', {}, 'example.org'],
    [':tenant.example.org', { tenant: 'acme' }, 'acme.example.org'],
    [':tenant.example.org', { tenant: 'ACME' }, 'acme.example.org'],
    [':tenant.example.org', { tenant: 'Bücher' }, 'xn--bcher-kva.example.org'],
    [':name-api.example.org', { name: 'a-b' }, 'a-b-api.example.org'],
    ['*any.example.org', { any: ['a', 'B'] }, 'a.b.example.org'],
    ['{:tenant.}example.org', { tenant: 'a' }, 'a.example.org'],
    ['{:tenant.}example.org', {}, 'example.org'],
    [':name-api.example.org', { name: 'A-B' }, 'a-b-api.example.org'],
    [':host', { host: '[::1]' }, '[::1]'],
    ['{:tenant.}:host', { host: '[::1]' }, '[::1]'],
    [':tenant.example.org', { tenant: 'a'.repeat(241) }, `${'a'.repeat(241)}.example.org`],
    ['[::1]', {}, '[::1]'],
  ])('fills %s with %j', (source, params, host) => {
    expect(build(source, params)).toBe(host)
  })

  test('leaves the values of others alone, and counts undefined as absent', () => {
    expect(build('{:tenant.}example.org', { tenant: undefined, id: '/' })).toBe('example.org')
  })

  test('takes no value from what every object inherits', () => {
    expect(build('{:constructor.}example.org', {})).toBe('example.org')
    expect(build(':constructor.example.org', { constructor: 'a' })).toBe('a.example.org')
  })

  test('writes values by their converters', () => {
    const convert = { shard: int({ min: 1 }) }
    expect(build('s:shard.example.org', { shard: 7 }, convert)).toBe('s7.example.org')
    expect(build(':shard.example.org', { shard: 7 }, convert)).toBe('7.example.org')
    expect(() => build('s:shard.example.org', { shard: 0 }, convert)).toThrow(
      'got 0 for shard, which int({"min":1}) does not accept',
    )
    expect(() => build(':shard.example.org', { shard: 0 }, convert)).toThrow(
      'No host of ":shard.example.org" can be built: got 0 for shard, which int({"min":1}) does not accept.',
    )
  })

  test('takes what its converters tell apart', () => {
    const convert = { shard: int() }
    expect(build(':name-:shard.example.org', { name: 'a-b', shard: 7 }, convert)).toBe('a-b-7.example.org')
    expect(() => build(':name-:shard-x.example.org', { name: 'a-1', shard: 7 }, convert)).not.toThrow()
    expect(() =>
      build(':shard-:name.example.org', { name: 'a', shard: -1 }, { shard: int({ signed: true }) }),
    ).not.toThrow()
  })

  test('refuses a value that its converter takes only in another case, which no request has', () => {
    expect(() => build(':land.example.org', { land: 'DE' }, { land: oneOf('DE') })).toThrow(
      'got "DE" for land, which oneOf("DE") does not accept',
    )
  })

  test.each([
    [':tenant.example.org', {}, 'a value is missing for tenant'],
    [':a.:b.example.org', { a: 'x' }, 'a value is missing for b'],
    [':tenant.example.org', { tenant: '' }, 'got "" for tenant, expected a label of a host'],
    [':tenant.example.org', { tenant: 'a.b' }, 'got "a.b" for tenant'],
    [':tenant.example.org', { tenant: 'evil.org/' }, 'got "evil.org/" for tenant'],
    [':tenant.example.org', { tenant: 'user@evil' }, 'got "user@evil" for tenant'],
    [':tenant.example.org', { tenant: 'a:80' }, 'got "a:80" for tenant'],
    [':tenant.example.org', { tenant: 'a／b' }, 'got "a／b" for tenant'],
    [':tenant.example.org', { tenant: '[::1]' }, 'got "[::1]" for tenant'],
    ['{:tenant.}localhost', { tenant: '[::1]' }, 'got "[::1]" for tenant'],
    ['{:tenant.}:host', { tenant: 'a', host: '[::1]' }, 'got "[::1]" for host'],
    ['{api.}:host', { host: '[::1]' }, 'got "[::1]" for host'],
    [':tenant.example.org', { tenant: 7 }, 'got 7 for tenant'],
    [':tenant.example.org', { tenant: 'a'.repeat(250) }, 'has more than 253 characters'],
    [':a-x.example.org', { a: 'ü' }, 'got "ü" for a'],
    [':a-:b.example.org', { a: 'x-y', b: 'z' }, '"x-y-z" would be taken apart in another way'],
    [':a-:b-:c.example.org', { a: 'w', b: 'x-y', c: 'z' }, '"w-x-y-z" would be taken apart in another way'],
    ['*any.example.org', { any: [] }, 'got a list for any, expected a list of labels'],
    ['*any.example.org', { any: ['a', ''] }, 'expected a list of labels'],
    ['*any.example.org', { any: 'a' }, 'got "a" for any, expected a list of labels'],
  ])('refuses to fill %s with %j', (source, params, reason) => {
    expect(() => build(source, params)).toThrow(TypeError)
    expect(() => build(source, params)).toThrow(reason)
  })

  test('names what is missing for the alternative that needs the least', () => {
    expect(() => build('{:a.x.}example{.:b.:c}', { b: 'b' })).toThrow('a value is missing for c')
    expect(() => build('a{.:b}{.x.:c.y{.:d}}', { b: 'b', d: 'd' })).toThrow('a value is missing for c')
  })

  test('whatever the values, they are refused or given back in lower case', () => {
    const pattern = parseHostPattern(':a.:b-:c.example.org')
    const [alternative] = pattern.alternatives
    const values = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9-]{1,5}$/))
    let built = 0
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        let host: string
        try {
          host = buildHost(pattern, { a, b, c })
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          return
        }
        built++
        const captured = matchHost(alternative as never, host, labelBounds(host))
        expect(captured).toEqual({ a: a.toLowerCase(), b: b.toLowerCase(), c: c.toLowerCase() })
      }),
      { numRuns: 500 },
    )
    expect(built).toBeGreaterThan(10)
  })
})
