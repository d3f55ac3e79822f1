import { describe, expect, test } from 'vitest'
import { int, oneOf } from './converters.ts'
import { parseHostPattern } from './host-pattern.ts'

function shapesOf(source: string): string[] {
  return parseHostPattern(source).alternatives.map(({ shape }) => shape)
}

describe('parseHostPattern', () => {
  test.each([
    ['example.org', ['example.org']],
    ['EXAMPLE.Org.', ['example.org']],
    ['Bücher.example', ['xn--bcher-kva.example']],
    ['bücher。例え', ['xn--bcher-kva.xn--r8jz45g']],
    [':tenant.example.org', ['{}.example.org']],
    [':name-API.example.org', ['{}-api.example.org']],
    ['*any.example.org', ['{*}.example.org']],
    ['a.*any.b', ['a.{*}.b']],
    [':host', ['{}']],
    ['{www.}example.org', ['www.example.org', 'example.org']],
    ['{:tenant.}example{.:country}', ['{}.example.{}', '{}.example', 'example.{}', 'example']],
    ['127.0.0.1', ['127.0.0.1']],
    ['[::1]', ['[::1]']],
    ['[0:0::1]', ['[::1]']],
    ['example\\.org', ['example.org']],
    ['a．b｡c。', ['a.b.c']],
    ['a'.repeat(253), ['a'.repeat(253)]],
    [`${'a'.repeat(251)}.:b`, [`${'a'.repeat(251)}.{}`]],
  ])('takes %s apart', (source, shapes) => {
    expect(shapesOf(source)).toEqual(shapes)
  })

  test('names its parameters, and leaves converters of others to the path', () => {
    const pattern = parseHostPattern('*any.:tenant.example.org', { tenant: oneOf('a', 'b'), id: int() })
    expect([...pattern.names]).toEqual(['any', 'tenant'])
    expect([...pattern.wildcards]).toEqual(['any'])
    expect([...pattern.converters.keys()]).toEqual(['tenant'])
    expect(pattern.alternatives[0]?.shape).toBe('{*}.{"oneOf(\\"a\\",\\"b\\")"}.example.org')
  })

  test('says where its wildcard stands', () => {
    const wildcards = ['*a.b', 'a.*b.c', ':a.b', '[::1]'].map(
      (source) => parseHostPattern(source).alternatives[0]?.wildcard,
    )
    expect(wildcards).toEqual([0, 1, -1, -1])
    expect(parseHostPattern('[0:0::1]').alternatives).toEqual([
      { labels: [{ kind: 'static', text: '[::1]' }], wildcard: -1, shape: '[::1]', captures: [] },
    ])
  })

  test.each([
    ['', 'it is empty; leave the host out where every host will do'],
    ['.', 'it has an empty label'],
    ['a..b', 'it has an empty label'],
    ['.example.org', 'it has an empty label'],
    ['{:a}.example.org', 'a dot beside what may be absent stands inside of the braces'],
    ['https://example.org', "it holds '/', and a host has neither a scheme nor a path"],
    ['example.org/admin', "it holds '/'"],
    ['localhost:8080', 'it names a port; leave it out'],
    ['::1', 'an IPv6 address stands in brackets here; write [::1]'],
    ['2001:db8::8080', 'write [2001:db8::8080]'],
    ['FE80::1', 'write [FE80::1]'],
    ['fe80::', 'write [fe80::]'],
    ['1:2:3:4:5:6:7:8', 'write [1:2:3:4:5:6:7:8]'],
    ['::FFFF:127.0.0.1', 'write [::FFFF:127.0.0.1]'],
    ['example.org:', 'it is malformed (Missing parameter name'],
    [':8a.example.org', 'it is malformed (Missing parameter name'],
    ['a.*.example.org', 'a wildcard has a name here; write *path'],
    ['*.example.org', 'write *any.example.org, or :name.example.org for one label'],
    [':tenant.example.org:8080', 'it names a port; leave it out'],
    ['[::1]:8080', 'it is no IPv6 address in brackets without a port'],
    ['[:host]', 'it is no IPv6 address in brackets'],
    ['[::g]', 'it is no IPv6 address in brackets'],
    ['exam ple.org', '"exam ple" can stand in no host'],
    ['user@example.org', '"user@example" can stand in no host'],
    ['a／b.org', '"a／b" can stand in no host'],
    ['%65.org', '"%65" can stand in no host'],
    [':a-ü.example.org', '"-ü" shares a label with a parameter, and IDNA encodes whole labels'],
    [':a:b.example.org', 'nothing separates b from the parameter before it'],
    [':a.:a.org', 'it has two parameters a'],
    [':__proto__.org', 'no parameter may be called __proto__'],
    ['*any-x.example.org', 'the wildcard any shares a segment'],
    ['*.example.org', 'a wildcard has a name here'],
    ['*a.x.*b.org', 'it has two wildcards, and no host tells where one of them ends'],
    ['<tenant>.example.org', '<tenant> is no parameter here; write :tenant'],
    ['a'.repeat(254), 'no host has more than 253 characters'],
    ['a'.repeat(8193), 'of 8193 characters; expected at most 8192'],
    [`${'a.'.repeat(127)}a`, 'no host has more than 253 characters'],
    ['{a.}'.repeat(9), 'its optional groups stand for more than 256 paths'],
  ])('refuses %j: %s', (source, reason) => {
    expect(() => parseHostPattern(source)).toThrow(TypeError)
    expect(() => parseHostPattern(source)).toThrow(reason)
  })

  test('refuses what is no text, and what is no converter or converts a wildcard', () => {
    expect(() => parseHostPattern(undefined as never)).toThrow('Got undefined; expected a host pattern.')
    expect(() => parseHostPattern(':a.org', { a: Number as never })).toThrow(
      'to convert a; expected a converter',
    )
    expect(() => parseHostPattern('*a.org', { a: int() as never })).toThrow('no converter takes the list')
  })
})
