import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import {
  FORWARDED_LIMIT,
  type ForwardedElement,
  formatForwarded,
  formatForwardedNode,
  parseForwarded,
  parseForwardedNode,
} from './forwarded.ts'

describe('parseForwarded', () => {
  test('reads the examples of RFC 7239 sections 4 and 7.1', () => {
    expect(parseForwarded('for="_gazonk"')).toEqual([{ for: '_gazonk' }])
    expect(parseForwarded('For="[2001:db8:cafe::17]:4711"')).toEqual([{ for: '[2001:db8:cafe::17]:4711' }])
    expect(parseForwarded('for=192.0.2.60;proto=http;by=203.0.113.43')).toEqual([
      { for: '192.0.2.60', proto: 'http', by: '203.0.113.43' },
    ])
    expect(parseForwarded('for=192.0.2.43, for=198.51.100.17')).toEqual([
      { for: '192.0.2.43' },
      { for: '198.51.100.17' },
    ])
    expect(parseForwarded('for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown')).toEqual([
      { for: '192.0.2.43' },
      { for: '[2001:db8:cafe::17]' },
      { for: 'unknown' },
    ])
  })

  test('reads names and schemes without regard to case, hosts as they are', () => {
    expect(parseForwarded('PROTO=HTTPS;Host="Example.com:8080"')).toEqual([
      { proto: 'https', host: 'Example.com:8080' },
    ])
  })

  test('keeps separators within quotes (robustness.md T4)', () => {
    expect(parseForwarded('for="_a;host=evil.example, for=_b"; host=good.example')).toEqual([
      { for: '_a;host=evil.example, for=_b', host: 'good.example' },
    ])
    expect(parseForwarded(String.raw`for="a\";host=\"b"`)).toEqual([{ for: 'a";host="b' }])
  })

  test('allows space around separators, and empty elements and pairs', () => {
    expect(parseForwarded(' , for=_a ;; proto=http; ,, ; ,\tfor=_b')).toEqual([
      { for: '_a', proto: 'http' },
      { for: '_b' },
    ])
    expect(parseForwarded('')).toEqual([])
  })

  test('keeps other parameters, hostile names as names only (robustness.md K2)', () => {
    expect(parseForwarded('for=_a;Secret="x y";__proto__=z')?.[0]?.extensions).toEqual(
      new Map([
        ['secret', 'x y'],
        ['__proto__', 'z'],
      ]),
    )
  })

  test.each([
    'for',
    'for=',
    '=_a',
    'for=_a;for=_b',
    'for=_a;FOR=_b',
    'for="_a',
    'for="_a, for=_b',
    'for=_a, for="',
    'for=2001:db8::1',
    'for=[2001:db8::1]',
    'for=192.0.2.1:80',
    'for = _a',
    'for=_a b',
    'for="_a"b',
    'for=_a, nonsense',
    'för=_a',
  ])('takes nothing of a header with anything malformed in it: %s (robustness.md T4)', (header) => {
    expect(parseForwarded(header)).toBeUndefined()
  })

  test('gives the last elements of a long list, which the client did not write (robustness.md M8)', () => {
    const header = `${'for=_client,'.repeat(1000)}for=_proxy`
    const elements = parseForwarded(header)
    expect(elements).toHaveLength(FORWARDED_LIMIT)
    expect(elements?.at(-1)).toEqual({ for: '_proxy' })
  })

  test('gives elements that can be formatted and read back, for any text', () => {
    const near = fc.string({
      unit: fc.constantFrom('for', 'by', 'x', '=', ';', ',', '"', '\\', ' ', '1', ':', 'ä'),
    })
    fc.assert(
      fc.property(near, (header) => {
        const elements = parseForwarded(header)
        if (elements !== undefined) expect(parseForwarded(formatForwarded(elements))).toEqual(elements)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(parseForwarded(header)?.length ?? 0).toBeLessThanOrEqual(FORWARDED_LIMIT)
      }),
    )
  })
})

describe('formatForwarded', () => {
  test('quotes what needs it', () => {
    expect(
      formatForwarded([
        { for: '[2001:db8::1]:80', proto: 'https', host: 'a.example:80' },
        { by: '_x', extensions: new Map([['secret', 'a b']]) },
      ]),
    ).toBe('for="[2001:db8::1]:80";proto=https;host="a.example:80", by=_x;secret="a b"')
    expect(formatForwarded([{ for: undefined, by: undefined, proto: 'http' }])).toBe('proto=http')
  })

  test.each<ForwardedElement>([
    {},
    { for: undefined },
    { for: 'a\r\nb' },
    { for: '€' },
    { extensions: new Map([['a b', 'c']]) },
    { for: 'a', extensions: new Map([['For', 'b']]) },
  ])('refuses %o (robustness.md H1)', (element) => {
    expect(() => formatForwarded([element])).toThrow(RangeError)
  })

  test('writes what is read back', () => {
    const text = fc.string()
    const element = fc
      .record(
        {
          for: text,
          by: text,
          host: text,
          proto: fc.stringMatching(/^[a-z][a-z0-9+.-]*$/),
          extensions: fc
            .array(fc.tuple(fc.stringMatching(/^x-[a-z]{1,4}$/), text), { minLength: 1 })
            .map((entries) => new Map(entries)),
        },
        { requiredKeys: [] },
      )
      .filter((element) => Object.keys(element).length > 0)
    fc.assert(
      fc.property(fc.array(element, { maxLength: 10 }), (elements) => {
        expect(parseForwarded(formatForwarded(elements))).toEqual(elements)
      }),
    )
  })
})

describe('a node', () => {
  test.each([
    ['192.0.2.43', '192.0.2.43', undefined],
    ['192.0.2.43:47011', '192.0.2.43', 47011],
    ['[2001:db8:cafe::17]', '2001:db8:cafe::17', undefined],
    ['[2001:db8:cafe::17]:4711', '2001:db8:cafe::17', 4711],
    ['[::ffff:192.0.2.1]:0', '::ffff:192.0.2.1', 0],
    ['unknown', 'unknown', undefined],
    ['unknown:80', 'unknown', 80],
    ['_hidden', '_hidden', undefined],
    ['_SEVKISEK:_p.0-1', '_SEVKISEK', '_p.0-1'],
  ])('%s is taken apart (RFC 7239 section 6)', (text, name, port) => {
    expect(parseForwardedNode(text)).toEqual({ name, port })
    expect(formatForwardedNode({ name, port: port as number | undefined })).toBe(text)
  })

  test.each([
    '',
    ':80',
    '2001:db8::1',
    '[2001:db8::1',
    '[]',
    '[192.0.2.1]x',
    '192.0.2',
    '192.0.2.1.5',
    '1920.0.2.1',
    '192.0.2.1:',
    '192.0.2.1:65536',
    '192.0.2.1:123456',
    '192.0.2.1:http',
    '192.0.2.1:_',
    '_',
    'example.com',
    '[fe80::1%eth0]',
    ' 192.0.2.1',
    '192.0.2.1\n',
    '\u0661.0.0.1',
  ])('%j is none (robustness.md T6)', (text) => {
    expect(parseForwardedNode(text)).toBeUndefined()
  })

  test('is refused when it cannot be read back', () => {
    expect(() => formatForwardedNode({ name: 'a.example', port: undefined })).toThrow(RangeError)
    expect(() => formatForwardedNode({ name: '192.0.2.1', port: 65_536 })).toThrow(RangeError)
    expect(() => formatForwardedNode({ name: '192.0.2.1', port: 1.5 })).toThrow(RangeError)
  })
})

test('what is read is exactly the grammar (RFC 7239 section 4), with space around semicolons', () => {
  const pair = '[ab]+=(?:[ab]+|"(?:[^"\\\\]|\\\\.)*")'
  const element = `[ \t]*(?:${pair})?(?:[ \t]*;[ \t]*(?:${pair})?)*[ \t]*`
  const grammar = new RegExp(`^${element}(?:,${element})*$`, 's')
  const piece = fc.constantFrom(
    'a',
    'b',
    ';',
    ',',
    '=',
    '"',
    '\\',
    ' ',
    'a=b',
    'b=a',
    'a="',
    ';b="a,b"',
    ', ',
    '; ',
  )
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 10 }), (text) => {
      const expected = grammar.test(text) && !namesTwice(text)
      expect(parseForwarded(text) !== undefined).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

function namesTwice(text: string): boolean {
  const elements = text.replace(/"(?:[^"\\]|\\.)*"/gs, '').split(',')
  return elements.some((element) => {
    const names = element.match(/[ab]+(?==)/g) ?? []
    return new Set(names).size < names.length
  })
}

describe('characters of a node (RFC 7239 section 6)', () => {
  const hidden = sorted(`-._${digits}${upper}${lower}`)
  const reads = (text: string) => parseForwardedNode(text) !== undefined

  test('that is hidden, and of a hidden port', () => {
    expect(acceptedOf((character) => reads(`_${character}`))).toBe(hidden)
    expect(acceptedOf((character) => reads(`_a${character}b`))).toBe(hidden)
    expect(acceptedOf((character) => reads(`_a:_${character}`))).toBe(hidden)
  })

  test('that is an address', () => {
    expect(acceptedOf((character) => reads(`[::${character}]`))).toBe(sorted(`.:${digits}ABCDEFabcdef`))
    expect(acceptedOf((character) => reads(`192.0.2.${character}`))).toBe(digits)
    expect(acceptedOf((character) => reads(`192.0.2.1${character}`))).toBe(digits)
    expect(acceptedOf((character) => reads(`unknown:${character}`))).toBe(digits)
  })

  test.each(['0.0.0.0', '255.255.255.255', '10.20.30.40', '192.0.2.100', '1.2.3.4:65535', '1.2.3.4:_p'])(
    '%s',
    (text) => {
      const parsed = parseForwardedNode(text)
      expect(parsed && formatForwardedNode(parsed)).toBe(text)
    },
  )

  test.each([
    '.0.0.1',
    '1..0.1',
    '1.0.0.',
    '1.0.0',
    '1.0.0.1.',
    '1000.0.0.1',
    '1.0.0.1000',
    '1.0.0.1::80',
    '[]',
    '[::1]80',
  ])('that is no address: %s', (text) => {
    expect(parseForwardedNode(text)).toBeUndefined()
  })
})

test.each([
  { name: '_a', port: '_b:80' as const },
  { name: '_a', port: '_' as const },
  { name: '_a:80', port: undefined },
  { name: '_a', port: -1 },
  { name: '192.0.2.1', port: Number.NaN },
  { name: '[::1]', port: undefined },
])('the node $name with the port $port is not written', (node) => {
  expect(() => formatForwardedNode(node)).toThrow(RangeError)
})

test('as many elements as the limit are given, of more the last', () => {
  const list = (length: number) => Array.from({ length }, (_, index) => `for=_${index}`).join(',')
  expect(parseForwarded(list(FORWARDED_LIMIT))?.[0]).toEqual({ for: '_0' })
  expect(parseForwarded(list(FORWARDED_LIMIT + 1))?.[0]).toEqual({ for: '_1' })
  expect(parseForwarded(list(FORWARDED_LIMIT + 1))).toHaveLength(FORWARDED_LIMIT)
})
