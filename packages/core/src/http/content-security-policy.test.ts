import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, between } from './characters.test-support.ts'
import {
  type ContentSecurityPolicy,
  formatContentSecurityPolicy,
  parseContentSecurityPolicies,
  parseContentSecurityPolicy,
} from './content-security-policy.ts'
import { LIST_LIMIT } from './list.ts'

describe('parseContentSecurityPolicy', () => {
  test('reads directives by their names', () => {
    expect(
      parseContentSecurityPolicy(
        "default-src 'self'; img-src 'self' https://*.example.com data:; script-src-elem 'nonce-abc' 'strict-dynamic'; frame-ancestors 'none'; report-to csp; upgrade-insecure-requests",
      ),
    ).toEqual({
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'https://*.example.com', 'data:'],
      scriptSrcElem: ["'nonce-abc'", "'strict-dynamic'"],
      frameAncestors: ["'none'"],
      reportTo: ['csp'],
      upgradeInsecureRequests: true,
    })
  })

  test('compares names, and not values, without regard to case', () => {
    expect(parseContentSecurityPolicy("Default-SRC 'Self' HTTPS:")).toEqual({
      defaultSrc: ["'Self'", 'HTTPS:'],
    })
  })

  test('takes the first of repeats (CSP level 3 section 2.2.1)', () => {
    expect(parseContentSecurityPolicy('img-src a; IMG-SRC b; x 1; X 2')).toEqual({
      imgSrc: ['a'],
      extensions: new Map([['x', ['1']]]),
    })
  })

  test('tells a directive without values from none', () => {
    expect(parseContentSecurityPolicy('sandbox; script-src ;')).toEqual({ sandbox: [], scriptSrc: [] })
    expect(parseContentSecurityPolicy('')).toEqual({})
    expect(parseContentSecurityPolicy(' ;; ; ')).toEqual({})
  })

  test('knows a flag in spite of values it should not have', () => {
    expect(parseContentSecurityPolicy('upgrade-insecure-requests 0')).toEqual({
      upgradeInsecureRequests: true,
    })
  })

  test('keeps unknown directives, hostile names as names only (robustness.md K2)', () => {
    const { extensions } = parseContentSecurityPolicy(
      'plugin-types a/b c/d; __proto__ x; block-all-mixed-content',
    )
    expect(extensions).toEqual(
      new Map([
        ['plugin-types', ['a/b', 'c/d']],
        ['__proto__', ['x']],
        ['block-all-mixed-content', []],
      ]),
    )
  })

  test('needs no space after a semicolon', () => {
    expect(parseContentSecurityPolicy("img-src a;font-src b;;sandbox;style-src 'self'")).toEqual({
      imgSrc: ['a'],
      fontSrc: ['b'],
      sandbox: [],
      styleSrc: ["'self'"],
    })
  })

  test('separates by any white space', () => {
    expect(parseContentSecurityPolicy('\timg-src\ta\t b \t;\tfont-src c')).toEqual({
      imgSrc: ['a', 'b'],
      fontSrc: ['c'],
    })
  })

  test('leaves out keywords without quotes where sources stand, which would be hosts', () => {
    expect(
      parseContentSecurityPolicy("script-src self UNSAFE-INLINE nonce-abc sha256-abc 'self' example.com"),
    ).toEqual({ scriptSrc: ["'self'", 'example.com'] })
    expect(parseContentSecurityPolicy('trusted-types none; report-to self; x none')).toEqual({
      trustedTypes: ['none'],
      reportTo: ['self'],
      extensions: new Map([['x', ['none']]]),
    })
  })

  test('leaves out names that are no tokens, and values beyond ASCII', () => {
    expect(parseContentSecurityPolicy('img/src a; font-src ä b; "x" y')).toEqual({ fontSrc: ['b'] })
  })

  test('ends at a comma', () => {
    expect(parseContentSecurityPolicy('img-src a, b; font-src c')).toEqual({ imgSrc: ['a'] })
  })

  test('stops after the most directives that are read', () => {
    const header = Array.from({ length: LIST_LIMIT + 10 }, (_, i) => `x${i}`).join(';')
    expect(parseContentSecurityPolicy(header).extensions?.size).toBe(LIST_LIMIT)
  })
})

describe('parseContentSecurityPolicies', () => {
  test('reads each policy, without empty ones', () => {
    expect(parseContentSecurityPolicies("default-src 'self'; img-src *, , ; ,script-src 'none'")).toEqual([
      { defaultSrc: ["'self'"], imgSrc: ['*'] },
      { scriptSrc: ["'none'"] },
    ])
    expect(parseContentSecurityPolicies('')).toEqual([])
  })

  test('stops after the most members of a list', () => {
    expect(parseContentSecurityPolicies('sandbox,'.repeat(LIST_LIMIT * 2))).toHaveLength(LIST_LIMIT)
  })
})

describe('formatContentSecurityPolicy', () => {
  test('writes the fields in their order, by the names of the directives', () => {
    expect(
      formatContentSecurityPolicy({
        defaultSrc: ["'self'"],
        scriptSrcElem: ['https:', "'unsafe-inline'"],
        upgradeInsecureRequests: true,
        sandbox: ['allow-scripts', 'allow-forms'],
        requireTrustedTypesFor: ["'script'"],
      }),
    ).toBe(
      "default-src 'self'; script-src-elem https: 'unsafe-inline'; upgrade-insecure-requests; sandbox allow-scripts allow-forms; require-trusted-types-for 'script'",
    )
  })

  test('leaves out what is false or undefined, and writes an empty list', () => {
    expect(
      formatContentSecurityPolicy({ imgSrc: undefined, upgradeInsecureRequests: false, sandbox: [] }),
    ).toBe('sandbox')
    expect(formatContentSecurityPolicy({})).toBe('')
  })

  test('writes extensions where they stand', () => {
    const extensions = new Map([['plugin-types', ['a/b']]])
    expect(formatContentSecurityPolicy({ extensions, imgSrc: ['*'] })).toBe('plugin-types a/b; img-src *')
  })

  test.each([
    'a; script-src *',
    'a, default-src *',
    'a b',
    '',
    'a\r\nX: y',
    'ä.example',
    'self',
    'None',
    'unsafe-inline',
    'nonce-abc',
    'sha384-abc',
    'strict-dynamic',
  ])('refuses the source %j (robustness.md H1)', (source) => {
    expect(() => formatContentSecurityPolicy({ scriptSrc: [source] })).toThrow(RangeError)
  })

  test('says how a keyword is written', () => {
    expect(() => formatContentSecurityPolicy({ scriptSrc: ['self'] })).toThrow(
      /"self" for script-src.*"'self'"/,
    )
  })

  test('takes keywords without quotes where they are names', () => {
    expect(formatContentSecurityPolicy({ trustedTypes: ['none'], reportTo: ['self'] })).toBe(
      'trusted-types none; report-to self',
    )
  })

  test('refuses a field that is none, or no list, and says which there are', () => {
    expect(() => formatContentSecurityPolicy({ 'img-src': [] } as ContentSecurityPolicy)).toThrow(
      /"img-src".*imgSrc/,
    )
    expect(() => formatContentSecurityPolicy({ imgSrc: '*' } as unknown as ContentSecurityPolicy)).toThrow(
      TypeError,
    )
    expect(() => formatContentSecurityPolicy({ extensions: new Map([['a b', []]]) })).toThrow(RangeError)
  })
})

test('what is formatted is read back', () => {
  const source = fc.stringMatching(/^[!-+\-.-:<-~]{1,8}$/).map((text) => `h.${text}`)
  const sources = fc.array(source, { maxLength: 5 })
  const policy = fc.record(
    {
      defaultSrc: sources,
      imgSrc: sources,
      scriptSrcAttr: sources,
      baseUri: sources,
      formAction: sources,
      sandbox: sources,
      trustedTypes: sources,
      upgradeInsecureRequests: fc.constant(true),
      extensions: fc
        .array(fc.tuple(fc.stringMatching(/^x-[a-z]{1,5}$/), sources), { minLength: 1 })
        .map((entries) => new Map(entries)),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(policy, (policy) => {
      expect(
        parseContentSecurityPolicy(formatContentSecurityPolicy(policy as ContentSecurityPolicy)),
      ).toEqual(policy)
    }),
  )
})

test('any text gives policies that can be formatted and read back', () => {
  const near = fc.string({
    unit: fc.constantFrom('img-src', 'sandbox', 'x', "'self'", 'none', ';', ',', ' ', '\t', '"', 'ä'),
  })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
      const policies = parseContentSecurityPolicies(header)
      const written = policies.map(formatContentSecurityPolicy)
      expect(written.map(parseContentSecurityPolicy)).toEqual(policies)
      expect(parseContentSecurityPolicies(written.join(', '))).toEqual(policies)
    }),
  )
})

const directives = {
  'default-src': 'defaultSrc',
  'child-src': 'childSrc',
  'connect-src': 'connectSrc',
  'font-src': 'fontSrc',
  'frame-src': 'frameSrc',
  'img-src': 'imgSrc',
  'manifest-src': 'manifestSrc',
  'media-src': 'mediaSrc',
  'object-src': 'objectSrc',
  'script-src': 'scriptSrc',
  'script-src-attr': 'scriptSrcAttr',
  'script-src-elem': 'scriptSrcElem',
  'style-src': 'styleSrc',
  'style-src-attr': 'styleSrcAttr',
  'style-src-elem': 'styleSrcElem',
  'worker-src': 'workerSrc',
  'base-uri': 'baseUri',
  'form-action': 'formAction',
  'frame-ancestors': 'frameAncestors',
  sandbox: 'sandbox',
  'report-uri': 'reportUri',
  'report-to': 'reportTo',
  'require-trusted-types-for': 'requireTrustedTypesFor',
  'trusted-types': 'trustedTypes',
}

describe.each(Object.entries(directives))('the directive %s', (name, key) => {
  test('is read and written by its field', () => {
    expect(parseContentSecurityPolicy(`${name} a b`)).toEqual({ [key]: ['a', 'b'] })
    expect(parseContentSecurityPolicy(name.toUpperCase())).toEqual({ [key]: [] })
    expect(formatContentSecurityPolicy({ [key]: ['a', 'b'] })).toBe(`${name} a b`)
  })

  test('takes a keyword without quotes only where no sources stand', () => {
    const names = ['sandbox', 'report-uri', 'report-to', 'require-trusted-types-for', 'trusted-types']
    const expected = names.includes(name) ? ['self'] : []
    expect(parseContentSecurityPolicy(`${name} self`)).toEqual({ [key]: expected })
    const format = () => formatContentSecurityPolicy({ [key]: ['self'] })
    if (expected.length > 0) expect(format()).toBe(`${name} self`)
    else expect(format).toThrow(RangeError)
  })
})

test.each([
  'self',
  'none',
  'unsafe-inline',
  'unsafe-eval',
  'unsafe-hashes',
  'wasm-unsafe-eval',
  'strict-dynamic',
  'report-sample',
  'nonce-',
  'nonce-a',
  'sha256-',
  'sha256-a',
  'sha384-a',
  'sha512-a',
  'SELF',
  'Nonce-A',
])('%s without quotes is no source, and a host that only looks like it is one', (keyword) => {
  expect(
    parseContentSecurityPolicy(`img-src ${keyword} x${keyword} ${keyword.replaceAll('-', '.')}.example`),
  ).toEqual({
    imgSrc: [`x${keyword}`, `${keyword.replaceAll('-', '.')}.example`],
  })
  expect(() => formatContentSecurityPolicy({ imgSrc: [keyword] })).toThrow(RangeError)
})

test('a value is of visible ASCII but for commas and semicolons, in unknown directives too', () => {
  const visible = between(0x21, 0x7e).replace(/[,;]/g, '')
  const written = (character: string) => {
    try {
      return formatContentSecurityPolicy({ imgSrc: [`a${character}`] }) === `img-src a${character}`
    } catch {
      return false
    }
  }
  expect(acceptedOf(written)).toBe(visible)
  expect(
    acceptedOf(
      (character) => parseContentSecurityPolicy(`img-src a${character}`).imgSrc?.[0] === `a${character}`,
    ),
  ).toBe(visible)
  expect(
    acceptedOf(
      (character) =>
        parseContentSecurityPolicy(`x a${character}`).extensions?.get('x')?.[0] === `a${character}`,
    ),
  ).toBe(visible)
})

test('words are separated by white space of ASCII (CSP level 3 section 2.2.1)', () => {
  const separates = (character: string) =>
    parseContentSecurityPolicy(`img-src a${character}b`).imgSrc?.length === 2
  expect(acceptedOf(separates)).toBe('\t\n\f\r ')
})

test.each([
  [{ imgSrc: 'a' }, TypeError],
  [{ imgSrc: 1 }, TypeError],
  [{ imgsrc: ['a'] }, TypeError],
  [{ __proto__x: ['a'] }, TypeError],
  [{ imgSrc: ['\u00e4'] }, RangeError],
  [{ extensions: new Map([['', []]]) }, RangeError],
])('%j is no policy', (policy, error) => {
  expect(() => formatContentSecurityPolicy(policy as unknown as ContentSecurityPolicy)).toThrow(error)
})

test('a letter that is ASCII in lower case only names no directive', () => {
  expect(parseContentSecurityPolicy('wor\u212aer-src a')).toEqual({})
})
