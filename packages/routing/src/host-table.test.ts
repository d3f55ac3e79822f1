import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Converter } from './converter.ts'
import { int, oneOf } from './converters.ts'
import { parseHostPattern } from './host-pattern.ts'
import { HostTable, SEEN_HOSTS_LIMIT } from './host-table.ts'

const converters = { n: int(), l: oneOf('de', 'en') }

/** A table whose slots are the patterns themselves. */
function tableOf(...patterns: readonly string[]): HostTable<string> {
  const table = new HostTable<string>()
  for (const pattern of patterns) table.add(parseHostPattern(pattern, converters), () => pattern)
  return table
}

function slotsFor(table: HostTable<string>, host: string): string[] {
  return table.candidates(host).map(({ slot }) => slot)
}

/** A converter that accepts the names that are tenants when it is asked. */
function createTenants(): { tenants: Set<string>; tenant: Converter<string> } {
  const tenants = new Set<string>()
  const parse = (text: string): string | undefined => (tenants.has(text) ? text : undefined)
  return { tenants, tenant: { name: 'tenant', parse, format: String } }
}

describe('HostTable', () => {
  test('gives what a host pattern captures', () => {
    const table = tableOf(':tenant.example.org', 'v:n.example.org', '*any.example.net', ':l-:city.test')
    expect(table.candidates('Acme.example.org:8080')).toEqual([
      { slot: ':tenant.example.org', params: { tenant: 'acme' } },
    ])
    expect(table.candidates('v12.example.org')[0]).toEqual({ slot: 'v:n.example.org', params: { n: 12 } })
    expect(table.candidates('a.b.example.net')[0]?.params).toEqual({ any: ['a', 'b'] })
    expect(table.candidates('de-ulm.test')[0]?.params).toEqual({ l: 'de', city: 'ulm' })
    expect(table.candidates('fr-paris.test')).toEqual([])
  })

  test('tries other ways to take a label apart where a converter refuses the first', () => {
    const table = tableOf(':name-:n.test', ':l-:n-:city.test')
    expect(table.candidates('a-b-7.test')[0]?.params).toEqual({ name: 'a-b', n: 7 })
    expect(table.candidates('de-7-ulm.test')[0]?.params).toEqual({ l: 'de', n: 7, city: 'ulm' })
    expect(table.candidates('a-b-c.test')).toEqual([])
  })

  test.each([
    'example.org',
    'a.b.example.org',
    '.example.org',
    'a.example.orgs',
    'a.example.org.evil',
    'aexample.org',
    'user@a.example.org',
    'a.example.org/..',
    '',
    'a'.repeat(100_000),
    `${'a.'.repeat(100_000)}example.org`,
  ])('does not take %j for a tenant', (host) => {
    expect(tableOf(':tenant.example.org', 'www.example.net').candidates(host)).toEqual([])
  })

  test('gives nothing without a host', () => {
    expect(tableOf('*any').candidates(undefined)).toEqual([])
  })

  test('goes from the more specific to the less', () => {
    const patterns = [
      'www.example.org',
      ':name-w.example.org',
      'w:name.example.org',
      ':l.example.org',
      ':n.example.org',
      ':tenant.example.org',
      'www.:site.org',
      ':a.:b.org',
      'www.*any.org',
      ':first.*any.org',
      '*any.org',
      'www.*any',
      '*all',
    ]
    const table = tableOf(...patterns.toReversed())
    expect(slotsFor(table, 'www.example.org')).toEqual([
      'www.example.org',
      'w:name.example.org',
      ':tenant.example.org',
      'www.:site.org',
      ':a.:b.org',
      'www.*any.org',
      ':first.*any.org',
      '*any.org',
      'www.*any',
      '*all',
    ])
    expect(slotsFor(table, 'de.example.org').slice(0, 2)).toEqual([':l.example.org', ':tenant.example.org'])
    expect(slotsFor(table, '7.example.org').slice(0, 2)).toEqual([':n.example.org', ':tenant.example.org'])
    expect(slotsFor(table, 'www.x.example.org')).toEqual([
      'www.*any.org',
      ':first.*any.org',
      '*any.org',
      'www.*any',
      '*all',
    ])
  })

  test('orders text in a label by its length, then converted parameters by their weight', () => {
    const table = tableOf(':x-a.org', ':x-ba.org', ':n-:x.org', ':l-:x.org', ':y-:x.org')
    expect(slotsFor(table, 'de-ba.org')).toEqual([':x-ba.org', ':l-:x.org', ':y-:x.org'])
    expect(slotsFor(table, '1-c-a.org')).toEqual([':x-a.org', ':n-:x.org', ':y-:x.org'])
  })

  test('does not depend on the order in which patterns are added', () => {
    const patterns = [
      'a.example.org',
      '{www.}example.org',
      ':n.example.org',
      ':t.example.org',
      ':t-x.example.org',
      '*any.org',
      ':t.*any.org',
      ':t.:s.org',
      '*any',
      ':host',
    ]
    const label = fc.constantFrom('a', 'www', 'example', 'org', '7', 'b-x')
    const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
    const shuffled = fc.shuffledSubarray(patterns, { minLength: patterns.length })
    const reference = tableOf(...patterns)
    fc.assert(
      fc.property(shuffled, fc.array(host), (order, hosts) => {
        const table = tableOf(...order)
        for (const each of hosts) expect(table.candidates(each)).toEqual(reference.candidates(each))
      }),
    )
  })

  test('gives patterns that match the same hosts one slot', () => {
    const table = new HostTable<object>()
    const make = (): object => ({})
    const [www, bare] = table.add(parseHostPattern('{www.}example.org'), make)
    expect(www).not.toBe(bare)
    expect(table.add(parseHostPattern('WWW.example.org.'), make)).toEqual([www])
    expect(table.add(parseHostPattern('example.org'), make)[0]).toBe(bare)
    const [tenant] = table.add(parseHostPattern(':tenant.example.org'), make)
    expect(table.add(parseHostPattern(':tenant.example.org'), make)[0]).toBe(tenant)
    expect(table.size).toBe(3)
  })

  test('refuses other names for the same parameters, and then adds nothing', () => {
    const table = tableOf(':tenant.example.org')
    expect(() => table.add(parseHostPattern('{:account.}example.org'), String)).toThrow(
      'Got the pattern "{:account.}example.org", but ":tenant.example.org" matches the same hosts; call account tenant here too.',
    )
    expect(table.size).toBe(1)
    expect(table.candidates('example.org')).toEqual([])
  })

  test('refuses a pattern whose alternatives match the same hosts', () => {
    expect(() => tableOf('{:a.}{:b.}example.org')).toThrow(
      'two ways to fill its optional groups match the same hosts',
    )
  })

  test('takes an address for one label', () => {
    const table = tableOf('[::1]', ':host', '*labels', ':a-:b')
    expect(slotsFor(table, '[0::1]:8080')).toEqual(['[::1]', ':host', '*labels'])
    expect(table.candidates('[::ffff:1.2.3.4]')).toEqual([
      { slot: ':host', params: { host: '[::ffff:102:304]' } },
      { slot: '*labels', params: { labels: ['[::ffff:102:304]'] } },
    ])
  })

  test('gives the same list for a host that was seen, until a pattern is added', () => {
    const table = tableOf(':tenant.example.org', 'example.org')
    const seen = table.candidates('a.example.org')
    expect(table.candidates('a.example.org')).toBe(seen)
    expect(Object.isFrozen(seen[0]?.params)).toBe(true)
    table.add(parseHostPattern('a.example.org'), () => 'new')
    expect(slotsFor(table, 'a.example.org')).toEqual(['new', ':tenant.example.org'])
  })

  test('keeps what it found for a host that no pattern matches, too', () => {
    const table = tableOf('example.org', ':a.example.net')
    expect(table.candidates('example.com:8080')).toEqual([])
    expect(table.candidates('example.com:8080')).toBe(table.candidates('example.com:8080'))
  })

  test('keeps a limited number of hosts', () => {
    const table = tableOf(':tenant.example.org')
    const first = table.candidates('first.example.org')
    for (let i = 1; i < SEEN_HOSTS_LIMIT; i++) table.candidates(`t${i}.example.org`)
    expect(table.candidates('first.example.org')).toBe(first)
    table.candidates('another.example.org')
    expect(table.candidates('first.example.org')).not.toBe(first)
    expect(table.candidates('first.example.org')).toEqual(first)
  })

  test('asks converters every time, since what they accept may change', () => {
    const { tenants, tenant } = createTenants()
    const table = new HostTable<string>()
    table.add(parseHostPattern(':tenant.example.org', { tenant }), () => 'known')
    table.add(parseHostPattern(':any.example.org'), () => 'any')
    expect(slotsFor(table, 'a.example.org')).toEqual(['any'])
    tenants.add('a')
    expect(slotsFor(table, 'a.example.org')).toEqual(['known', 'any'])
  })

  test('asks them beside text, too', () => {
    const { tenants, tenant } = createTenants()
    const table = new HostTable<string>()
    table.add(parseHostPattern(':tenant.:region.example.org', { tenant }), () => 'known')
    expect(slotsFor(table, 'a.eu.example.org')).toEqual([])
    tenants.add('a')
    expect(slotsFor(table, 'a.eu.example.org')).toEqual(['known'])
  })

  test('gives each request a list of its own for a wildcard', () => {
    const table = tableOf('*any.example.org')
    const first = table.candidates('a.b.example.org')[0]?.params.any as string[]
    first.pop()
    expect(table.candidates('a.b.example.org')[0]?.params).toEqual({ any: ['a', 'b'] })
  })

  test('takes any text for a host without throwing', () => {
    const table = tableOf('*any', ':a.:b-:n', '[::1]', 'a.*any.b')
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ab0.-:[]@') }))
    fc.assert(
      fc.property(texts, (text) => {
        for (const { slot } of table.candidates(text)) expect(typeof slot).toBe('string')
      }),
    )
  })
})
