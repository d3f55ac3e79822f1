import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, between } from './characters.test-support.ts'
import { formatLinks, LINK_LIMIT, type Link, parseLinks } from './link.ts'
import { PARAMETER_LIMIT } from './parameters.ts'

describe('parseLinks', () => {
  test('reads the examples of RFC 8288 section 3.5', () => {
    expect(
      parseLinks('<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"'),
    ).toEqual([
      { target: 'http://example.com/TheBook/chapter2', rel: ['previous'], title: 'previous chapter' },
    ])
    expect(parseLinks('</>; rel="http://example.net/foo"')).toEqual([
      { target: '/', rel: ['http://example.net/foo'] },
    ])
    expect(parseLinks('</terms>; rel="copyright"; anchor="#foo"')).toEqual([
      { target: '/terms', rel: ['copyright'], anchor: '#foo' },
    ])
    expect(
      parseLinks(
        '</TheBook/chapter2>; rel="previous"; title*=UTF-8\'de\'letztes%20Kapitel, </TheBook/chapter4>; rel="next"; title*=UTF-8\'de\'n%c3%a4chstes%20Kapitel',
      ),
    ).toEqual([
      { target: '/TheBook/chapter2', rel: ['previous'], title: 'letztes Kapitel' },
      { target: '/TheBook/chapter4', rel: ['next'], title: 'nächstes Kapitel' },
    ])
    expect(parseLinks('<http://example.org/>; rel="start http://example.net/relation/other"')).toEqual([
      { target: 'http://example.org/', rel: ['start', 'http://example.net/relation/other'] },
    ])
    expect(
      parseLinks('<https://example.org/>; rel="start", <https://example.org/index>; rel="index"'),
    ).toHaveLength(2)
  })

  test('keeps commas and semicolons of targets and within quotes', () => {
    expect(parseLinks('</a,b;c?d=e,f>; rel=next; type="x,y;z", </g>; rel=prev')).toEqual([
      { target: '/a,b;c?d=e,f', rel: ['next'], parameters: [['type', 'x,y;z']] },
      { target: '/g', rel: ['prev'] },
    ])
  })

  test('reads what real servers send', () => {
    // Pages of a list, hints for loading, and what WordPress names.
    expect(
      parseLinks(
        '<https://api.example/user/repos?page=3&per_page=100>; rel="next", <https://api.example/user/repos?page=50&per_page=100>; rel="last"',
      ).map(({ rel }) => rel),
    ).toEqual([['next'], ['last']])
    expect(parseLinks('</style.css>;rel=preload;as=style;crossorigin;fetchpriority=high')).toEqual([
      {
        target: '/style.css',
        rel: ['preload'],
        parameters: [
          ['as', 'style'],
          ['crossorigin', ''],
          ['fetchpriority', 'high'],
        ],
      },
    ])
    expect(parseLinks('<https://blog.example/wp-json/>; rel="https://api.w.org/"')[0]?.rel).toEqual([
      'https://api.w.org/',
    ])
  })

  test('allows white space where RFC 8288 has it bad but allowed', () => {
    expect(parseLinks('  <a> ; \trel = "next" ; type\t=\ttext/html ,,<b>;rel=prev,')).toEqual([
      { target: 'a', rel: ['next'], parameters: [['type', 'text/html']] },
      { target: 'b', rel: ['prev'] },
    ])
  })

  test('takes the first of repeats, and title* before title', () => {
    expect(parseLinks('<a>; rel=next; REL=prev; title=x; title=y; anchor="#a"; anchor="#b"')).toEqual([
      { target: 'a', rel: ['next'], title: 'x', anchor: '#a' },
    ])
    expect(parseLinks("<a>; rel=next; title=x; title*=UTF-8''%C3%A4")[0]?.title).toBe('ä')
    expect(parseLinks("<a>; rel=next; title=x; title*=UTF-8''%FF")[0]?.title).toBe('x')
    expect(parseLinks('<a>; rel=next; hreflang=de; hreflang=en')[0]?.parameters).toEqual([
      ['hreflang', 'de'],
      ['hreflang', 'en'],
    ])
  })

  test('compares relations without regard to case, each once', () => {
    expect(parseLinks('<a>; rel="NEXT next  last"')[0]?.rel).toEqual(['next', 'last'])
  })

  test('reads an empty target, which is the resource itself, and empty parameters', () => {
    expect(parseLinks('<>; rel=self;;')).toEqual([{ target: '', rel: ['self'] }])
  })

  test.each([
    ['<a>', 'no relation'],
    ['<a>; rel', 'a relation without a value'],
    ['<a>; rel=""', 'an empty relation'],
    ['<a>; rel=" "', 'a blank relation'],
    ['a; rel=next', 'no brackets'],
    ['"<a>"; rel=next', 'brackets within quotes'],
    ['<a b>; rel=next', 'a space in the target'],
    ['<ä>; rel=next', 'a target beyond ASCII'],
    ['<a<b>; rel=next', 'a bracket in the target'],
    ['<a> rel=next', 'no semicolon'],
    ['<a>; rel=next x', 'something after a value'],
    ['<a>; rel="next"x', 'something after a quoted value'],
    ['<a>; rel=next; "x"=y', 'a name that is no token'],
    ['<a>; rel=next; =y', 'no name'],
    ['<a>; rel=next; x=y=z', 'two equals signs'],
  ])('leaves out %s: %s', (header) => {
    expect(parseLinks(header)).toEqual([])
    expect(parseLinks(`${header}, <z>; rel=last`)).toEqual([{ target: 'z', rel: ['last'] }])
  })

  test.each(['<a', '<a; rel=next', '<a>; rel="next', '<a>; rel=next; title="x, <b>; rel=next'])(
    'takes nothing from behind what never closes: %s',
    (header) => {
      expect(parseLinks(header)).toEqual([])
      expect(parseLinks(`<z>; rel=last, ${header}`)).toEqual([{ target: 'z', rel: ['last'] }])
    },
  )

  test('stops at its limits (robustness.md M8)', () => {
    expect(parseLinks('<a>;rel=x,'.repeat(LINK_LIMIT + 10))).toHaveLength(LINK_LIMIT)
    expect(parseLinks(`<a>;rel=x${';y=z'.repeat(PARAMETER_LIMIT - 1)}`)).toHaveLength(1)
    expect(parseLinks(`<a>;rel=x${';y=z'.repeat(PARAMETER_LIMIT)},<b>;rel=x`)).toEqual([
      { target: 'b', rel: ['x'] },
    ])
  })

  test('gives links that can be formatted and read back, for any text', () => {
    const near = fc.string({
      unit: fc.constantFrom(
        '<a>',
        '<',
        '>',
        ';',
        ';rel=',
        'x',
        '=',
        ',',
        '"',
        '\\',
        ' ',
        'title',
        "*=UTF-8''%41",
        'ä',
      ),
    })
    fc.assert(
      fc.property(near, (header) => {
        const links = parseLinks(header)
        expect(parseLinks(formatLinks(links))).toEqual(links)
      }),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(parseLinks(header).length).toBeLessThanOrEqual(LINK_LIMIT)
      }),
    )
  })
})

describe('formatLinks', () => {
  test('quotes what needs it, and titles always', () => {
    expect(
      formatLinks([
        {
          target: '/a',
          rel: ['next', 'last'],
          title: 'b',
          anchor: '#c',
          parameters: [['type', 'text/html']],
        },
        { target: '', rel: ['self'] },
      ]),
    ).toBe('</a>; rel="next last"; anchor="#c"; title="b"; type="text/html", <>; rel=self')
    expect(formatLinks([])).toBe('')
  })

  test('writes a title beyond ASCII twice (RFC 8288 section 3.4.1)', () => {
    expect(formatLinks([{ target: '/', rel: ['up'], title: 'naïve' }])).toBe(
      '</>; rel=up; title="na_ve"; title*=UTF-8\'\'na%C3%AFve',
    )
  })

  test.each<Link>([
    { target: '/a>; rel=next, <b', rel: ['up'] },
    { target: '/a b', rel: ['up'] },
    { target: '/ä', rel: ['up'] },
    { target: '/\r\nX: y', rel: ['up'] },
    { target: '/', rel: [] },
    { target: '/', rel: [''] },
    { target: '/', rel: ['a b'] },
    { target: '/', rel: ['a"b'] },
    { target: '/', rel: ['up'], anchor: 'a\nb' },
    { target: '/', rel: ['up'], parameters: [['a b', 'c']] },
    { target: '/', rel: ['up'], parameters: [['Rel', 'c']] },
    { target: '/', rel: ['up'], parameters: [['title*', 'c']] },
    { target: '/', rel: ['up'], parameters: [['a', 'b\r\nc']] },
  ])('refuses %j (robustness.md H1)', (link) => {
    expect(() => formatLinks([link])).toThrow(RangeError)
  })

  test('writes what is read back', () => {
    const name = fc
      .stringMatching(/^[a-z][a-z0-9-]{0,5}$/)
      .filter((name) => !/^(?:rel|title|anchor)$/.test(name))
    const link = fc.record(
      {
        target: fc.stringMatching(/^[!-;=?-~]{0,20}$/),
        rel: fc.uniqueArray(fc.stringMatching(/^[a-z:/.-]{1,8}$/), { minLength: 1, maxLength: 3 }),
        title: fc.string({ unit: 'grapheme' }),
        anchor: fc.string(),
        parameters: fc.array(fc.tuple(name, fc.string()), { minLength: 1, maxLength: 5 }),
      },
      { requiredKeys: ['target', 'rel'] },
    )
    fc.assert(
      fc.property(fc.array(link, { maxLength: 10 }), (links) => {
        expect(parseLinks(formatLinks(links as Link[]))).toEqual(links)
      }),
    )
  })
})

test('a single link is read exactly where it is in the grammar (RFC 8288 section 3)', () => {
  const value = '(?:[ \\t]*=[ \\t]*(?:[ab/\\\\]*|"(?:[^"\\\\]|\\\\.)*"))?'
  const grammar = new RegExp(`^<[ab/]*>[ \t]*(?:;[ \t]*(?:[ab]+${value})?[ \t]*)*$`, 's')
  const piece = fc.constantFrom('a', 'b', ';', '=', '"', '\\', ' ', '/', ';a=b', '; b="', ';a = "b;c"')
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '/') }),
      fc.string({ unit: piece, maxLength: 10 }),
      (target, rest) => {
        const read = parseLinks(`<${target}>; rel=next${rest === '' ? '' : `;${rest}`}`)
        expect(read.length === 1).toBe(grammar.test(`<${target}>;${rest}`))
      },
    ),
    { numRuns: 2000 },
  )
})

test.each([
  ['<a>;rel=next', ['a']],
  ['<a> ; rel = next', ['a']],
  ['<a>;rel="next prev"', ['a']],
  ['<a>;rel=next;', ['a']],
  ['<a>;;rel=next', ['a']],
  ['<a>;rel=next,,<b>;rel=prev', ['a', 'b']],
  [',<a>;rel=next,', ['a']],
  ['<a,b>;rel=next', ['a,b']],
  ['<a;b>;rel=next', ['a;b']],
  ['<>;rel=self', ['']],
  ['<a>;rel=next;title="x,<b>;rel=prev"', ['a']],
  ['<a>;rel=next;title="x\\",<b>;rel=prev"', ['a']],
  ['<a>;rel=\u212aey, <b>;rel=next', ['b']],
  ['<a>;rel="next\u00e4", <b>;rel=next', ['b']],
  ['<a>;rel="a\tb"', ['a']],
  ['<a>;rel="', []],
  ['<a>;rel=""', []],
  ['<a>;rel=" "', []],
  ['<a>', []],
  ['<a>rel=next', []],
  ['<a> <b>;rel=next', []],
  ['a;rel=next, <b>;rel=prev', ['b']],
  ['<a;rel=next', []],
  ['<a b>;rel=next, <c>;rel=prev', ['c']],
  ['<<a>>;rel=next', []],
  ['<a>;rel=next"x", <b>;rel=prev', ['b']],
  ['<a>;=x;rel=next, <b>;rel=prev', ['b']],
])('%s links to %j (RFC 8288 section 3)', (header, targets) => {
  expect(parseLinks(header).map(({ target }) => target)).toEqual(targets)
})

test('what a link does not say it does not have', () => {
  expect(Object.keys(parseLinks('<a>;rel=next')[0] ?? {})).toEqual(['target', 'rel'])
  expect(Object.keys(parseLinks('<a>;rel=next;title=""')[0] ?? {})).toEqual(['target', 'rel', 'title'])
  expect(Object.keys(parseLinks('<a>;rel=next;anchor=""')[0] ?? {})).toEqual(['target', 'rel', 'anchor'])
})

test('relations are read each once, in lower case, whatever separates them', () => {
  expect(parseLinks('<a>;rel="Next\tnext  PREV"')[0]?.rel).toEqual(['next', 'prev'])
})

test('a parameter without a value is written without one', () => {
  const link = {
    target: 'a',
    rel: ['x'],
    parameters: [
      ['crossorigin', ''],
      ['as', 'font'],
    ] as const,
  }
  expect(formatLinks([link])).toBe('<a>; rel=x; crossorigin; as=font')
  expect(parseLinks(formatLinks([link]))).toEqual([link])
})

test('targets and relations are of visible ASCII, without what ends them', () => {
  const target = between(0x21, 0x7e).replace(/[<>]/g, '')
  const relation = between(0x21, 0x7e).replace('"', '')
  const writes = (link: { target: string; rel: string[] }) => {
    try {
      return parseLinks(formatLinks([link])).length === 1
    } catch {
      return false
    }
  }
  expect(acceptedOf((character) => writes({ target: character, rel: ['a'] }))).toBe(target)
  expect(acceptedOf((character) => writes({ target: '', rel: [`a${character}`] }))).toBe(relation)
})
