import { type Environ, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ProxyFixOptions, proxyFix } from './proxy-fix.ts'
import { normalizeAddress } from './proxy-fix-address.ts'
import { HOPS_LIMIT } from './proxy-fix-chain.ts'

/** The environ behind `proxyFix(options)` of a request that the peer at `address` hands on, or one at a unix socket. */
async function see(
  options: ProxyFixOptions,
  headers: Record<string, string>,
  address: 'unix' | (string & {}) = '10.0.0.1',
): Promise<Environ> {
  let seen: Environ | undefined
  const app = stack(
    (environ, startResponse) => {
      seen = environ
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return ''
    },
    (inner) => (environ, startResponse) => {
      const copy = { ...environ, REMOTE_ADDR: address }
      if (address === 'unix') {
        delete (copy as Partial<Environ>).REMOTE_ADDR
        delete (copy as Partial<Environ>).REMOTE_PORT
      }
      return inner(copy, startResponse)
    },
    proxyFix(options),
  )
  await new Client(app).get('/', { headers: { Host: 'app.internal', ...headers } })
  if (seen === undefined) throw new Error('The application was not called.')
  return seen
}

const peers = ['10.0.0.0/8', '2001:db8:f::/48', 'loopback']

describe('walking past peers', () => {
  test.each([
    ['the client of one proxy', '192.0.2.7', '192.0.2.7'],
    ['the client of three', '192.0.2.7, 10.0.0.3, 10.0.0.2', '192.0.2.7'],
    [
      'the first that is no peer, whatever stands left of it',
      '203.0.113.9, 192.0.2.7, 10.0.0.2',
      '192.0.2.7',
    ],
    ['a peer that another stranger claims to have come through', '10.0.0.9, 192.0.2.7', '192.0.2.7'],
    ['the last of a list of peers only', '10.0.0.4, 10.0.0.3', '10.0.0.4'],
    ['a client behind IPv6 proxies', '192.0.2.7, 2001:DB8:F::1, [2001:db8:f::2]:443', '192.0.2.7'],
    ['a client behind a proxy that tells ports', '192.0.2.7, 10.0.0.2:4711', '192.0.2.7'],
    ['a client behind a mapped address', '192.0.2.7, ::ffff:10.0.0.2', '192.0.2.7'],
    ['a client in quotes', '"[2001:db8::7]:4711", 10.0.0.2', '2001:db8::7'],
  ])('finds %s', async (_what, list, expected) => {
    expect((await see({ peers }, { 'X-Forwarded-For': list })).REMOTE_ADDR).toBe(expected)
  })

  test.each([
    ['unknown', '203.0.113.9, unknown'],
    ['a hidden name', '203.0.113.9, _hidden, 10.0.0.2'],
    ['an empty place', '203.0.113.9, , 10.0.0.2'],
    ['nonsense', '203.0.113.9, <script>, 10.0.0.2'],
    ['a unix socket that is not among the peers', '203.0.113.9, unix:'],
  ])('stops at %s and changes no address', async (_what, list) => {
    expect((await see({ peers }, { 'X-Forwarded-For': list })).REMOTE_ADDR).toBe('10.0.0.1')
  })

  test('passes unix sockets, as nginx names them, when they are trusted', async () => {
    const options = { peers: [...peers, 'unix'] }
    const seen = await see(options, { 'X-Forwarded-For': '192.0.2.7, unix:, 10.0.0.2' }, 'unix')
    expect(seen.REMOTE_ADDR).toBe('192.0.2.7')
    const untrusted = await see({ peers }, { 'X-Forwarded-For': '192.0.2.7' }, 'unix')
    expect('REMOTE_ADDR' in untrusted).toBe(false)
  })

  // robustness.md T2
  test('does not begin when the other end of the connection is a stranger', async () => {
    const headers = { 'X-Forwarded-For': '192.0.2.7, 10.0.0.2', 'X-Forwarded-Proto': 'https' }
    const seen = await see(
      { peers, host: 'peers' },
      { ...headers, 'X-Forwarded-Host': 'a.example' },
      '203.0.113.9',
    )
    expect(seen.REMOTE_ADDR).toBe('203.0.113.9')
    expect(seen['wsgi.url_scheme']).toBe('http')
    expect(seen.HTTP_HOST).toBe('app.internal')
  })

  test('takes each other header as far from the right as the address', async () => {
    const seen = await see(
      { peers, host: 'peers', port: 'peers', prefix: 'peers' },
      {
        'X-Forwarded-For': '203.0.113.9, 192.0.2.7, 10.0.0.2',
        'X-Forwarded-Proto': 'http, https, http',
        'X-Forwarded-Host': 'evil.example, www.example.org, inner.internal',
        'X-Forwarded-Port': '666, 8443, 80',
        'X-Forwarded-Prefix': '/evil, /outer, /inner',
      },
    )
    expect(seen['wsgi.url_scheme']).toBe('https')
    expect(seen.HTTP_HOST).toBe('www.example.org:8443')
    expect(seen.SCRIPT_NAME).toBe('/outer/inner')
  })

  test('takes the last of a list that not every proxy appends to', async () => {
    const headers = { 'X-Forwarded-For': '192.0.2.7, 10.0.0.2', 'X-Forwarded-Proto': 'https' }
    expect((await see({ peers }, headers))['wsgi.url_scheme']).toBe('https')
  })

  test('takes one place of other headers when there are no addresses', async () => {
    expect((await see({ peers }, { 'X-Forwarded-Proto': 'http, https' }))['wsgi.url_scheme']).toBe('https')
  })

  test('can be left to some of the headers, and others counted', async () => {
    const seen = await see(
      { peers, proto: 1, host: 2 },
      {
        'X-Forwarded-For': '192.0.2.7, 10.0.0.2',
        'X-Forwarded-Proto': 'http, https',
        'X-Forwarded-Host': 'www.example.org, inner.internal',
      },
    )
    expect(seen.REMOTE_ADDR).toBe('192.0.2.7')
    expect(seen['wsgi.url_scheme']).toBe('https')
    expect(seen.HTTP_HOST).toBe('www.example.org')
  })

  test('counts behind a peer, past addresses that nobody knows beforehand', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.9, 192.0.2.7, 198.51.100.4' }
    expect((await see({ peers, for: 2 }, headers)).REMOTE_ADDR).toBe('192.0.2.7')
    expect((await see({ peers, for: 4 }, headers)).REMOTE_ADDR).toBe('10.0.0.1')
  })

  // robustness.md M8
  test(`goes no further than ${HOPS_LIMIT} places`, async () => {
    const list = Array.from({ length: HOPS_LIMIT + 5 }, (_, i) => `10.1.0.${i + 1}`).reverse()
    const seen = await see({ peers }, { 'X-Forwarded-For': list.join(',') })
    expect(seen.REMOTE_ADDR).toBe(`10.1.0.${HOPS_LIMIT}`)
  })
})

describe('Forwarded', () => {
  const headers = 'forwarded'

  test('gives address, port, scheme and host of the nearest proxy', async () => {
    const seen = await see(
      { headers, host: 1 },
      {
        Forwarded:
          'for=203.0.113.9, for="[2001:DB8::7]:4711";proto=https;host="www.example.org:8443";by=_edge',
      },
    )
    expect(seen.REMOTE_ADDR).toBe('2001:db8::7')
    expect(seen.REMOTE_PORT).toBe('4711')
    expect(seen['wsgi.url_scheme']).toBe('https')
    expect(seen.HTTP_HOST).toBe('www.example.org:8443')
    expect(seen['stapel.proxy_fix.orig']).toMatchObject({
      REMOTE_ADDR: '10.0.0.1',
      'wsgi.url_scheme': 'http',
      HTTP_HOST: 'app.internal',
    })
    expect('HTTP_FORWARDED' in seen).toBe(false)
  })

  test('is walked past peers like X-Forwarded-For', async () => {
    const value =
      'for=203.0.113.9;host=evil.example, FOR=192.0.2.7;Proto=HTTPS;host=a.example, for="10.0.0.2:80";host=b.internal'
    const seen = await see({ headers, peers, host: 'peers' }, { Forwarded: value })
    expect(seen.REMOTE_ADDR).toBe('192.0.2.7')
    expect(seen['wsgi.url_scheme']).toBe('https')
    expect(seen.HTTP_HOST).toBe('a.example')
  })

  test('is not read from a stranger', async () => {
    const seen = await see({ headers, peers }, { Forwarded: 'for=192.0.2.7' }, '203.0.113.9')
    expect(seen.REMOTE_ADDR).toBe('203.0.113.9')
  })

  test.each([
    'for=unknown',
    'for=_hidden',
    'for="_hidden:_port"',
    'proto=ftp',
    'host="user@example.org"',
    'host="a b"',
    'host="example.org/path"',
    'for=[2001:db8::1]',
    'for=2001:db8::1',
    'for=192.0.2.7:80',
    'for="192.0.2.256"',
    'for="unix:"',
    'for=192.0.2.7;for=192.0.2.8',
    'secret=a',
    'for',
    '=',
    '"',
    ',',
    '',
  ])('changes nothing by %s', async (value) => {
    const seen = await see({ headers, host: 1 }, { Forwarded: value })
    expect(seen.REMOTE_ADDR).toBe('10.0.0.1')
    expect(seen['wsgi.url_scheme']).toBe('http')
    expect(seen.HTTP_HOST).toBe('app.internal')
  })

  test('hides the port of an address that it tells', async () => {
    const seen = await see({ headers }, { Forwarded: 'for="192.0.2.7:_port"' })
    expect(seen.REMOTE_ADDR).toBe('192.0.2.7')
    expect('REMOTE_PORT' in seen).toBe(false)
  })

  // robustness.md T4
  test.each([
    ['a quoted semicolon', 'for="192.0.2.7;proto=https";by=a'],
    ['a quoted comma', 'for="192.0.2.8, for=192.0.2.7"'],
    ['a quote that a client left open', 'for="203.0.113.9, for=192.0.2.7'],
    ['an escaped quote', 'for="203.0.113.9\\", for=192.0.2.7'],
  ])('is not split at %s', async (_what, value) => {
    const seen = await see({ headers }, { Forwarded: value })
    expect(seen.REMOTE_ADDR).toBe('10.0.0.1')
    expect(seen['wsgi.url_scheme']).toBe('http')
  })

  test('is not read by default, nor are the others with it, and both are removed', async () => {
    const both = { Forwarded: 'for=192.0.2.1;proto=https', 'X-Forwarded-For': '192.0.2.2' }
    const x = await see({}, both)
    expect([x.REMOTE_ADDR, x['wsgi.url_scheme']]).toEqual(['192.0.2.2', 'http'])
    const forwarded = await see({ headers }, { ...both, 'X-Forwarded-Proto': 'http' })
    expect([forwarded.REMOTE_ADDR, forwarded['wsgi.url_scheme']]).toEqual(['192.0.2.1', 'https'])
    for (const seen of [x, forwarded]) {
      expect(Object.keys(seen).filter((key) => key.includes('FORWARDED'))).toEqual([])
    }
  })

  test('counts elements over repeated headers', async () => {
    const seen = await see({ headers, for: 2 }, { Forwarded: 'for=203.0.113.9, for=192.0.2.7, for=10.0.0.2' })
    expect(seen.REMOTE_ADDR).toBe('192.0.2.7')
    const short = await see(
      { headers, for: 4 },
      { Forwarded: 'for=203.0.113.9, for=192.0.2.7, for=10.0.0.2' },
    )
    expect(short.REMOTE_ADDR).toBe('10.0.0.1')
  })
})

describe('whatever a client writes', () => {
  /** What a proxy appends to a header. */
  const append = (before: string, value: string): string => (before === '' ? value : `${before}, ${value}`)
  const written = fc.oneof(
    fc.stringMatching(/^[ -~]{0,40}$/),
    fc.string({
      unit: fc.constantFrom(',', ' ', '"', '\\', ';', '=', 'for=', '10.0.0.5', 'unix:', 'http', '[::1]', '/'),
      maxLength: 12,
    }),
  )
  const proxies = fc.integer({ min: 1, max: 4 })

  test('changes nothing behind proxies that append to X-Forwarded-*', async () => {
    await fc.assert(
      fc.asyncProperty(written, written, proxies, async (addresses, schemes, count) => {
        let [list, protos] = [append(addresses.trim(), '192.0.2.7'), append(schemes.trim(), 'https')]
        for (let i = 1; i < count; i++) {
          list = append(list, `10.0.0.${i + 1}`)
          protos = append(protos, 'http')
        }
        const headers = { 'X-Forwarded-For': list, 'X-Forwarded-Proto': protos }
        for (const options of [
          { peers },
          { for: count, proto: count },
          { peers, for: count, proto: count },
        ]) {
          const seen = await see(options, headers)
          expect(seen.REMOTE_ADDR).toBe('192.0.2.7')
          expect(seen['wsgi.url_scheme']).toBe('https')
        }
      }),
      { numRuns: 150 },
    )
  })

  test('changes nothing behind proxies that append to Forwarded, or makes it unreadable', async () => {
    await fc.assert(
      fc.asyncProperty(written, proxies, async (before, count) => {
        let value = append(before.trim(), 'for=192.0.2.7;proto=https')
        for (let i = 1; i < count; i++) value = append(value, `for=10.0.0.${i + 1};proto=http`)
        for (const options of [{ peers }, { for: count, proto: count }]) {
          const seen = await see({ headers: 'forwarded', ...options }, { Forwarded: value })
          expect([
            ['192.0.2.7', 'https'],
            ['10.0.0.1', 'http'],
          ]).toContainEqual([seen.REMOTE_ADDR, seen['wsgi.url_scheme']])
        }
      }),
      { numRuns: 150 },
    )
  })

  test('leaves an environ that is well-formed', async () => {
    const every = { for: 1, proto: 1, host: 1 } as const
    await fc.assert(
      fc.asyncProperty(written, written, written, async (one, two, three) => {
        const x = { 'X-Forwarded-For': one, 'X-Forwarded-Host': two, 'X-Forwarded-Prefix': three }
        const seen = [
          await see(
            { ...every, port: 1, prefix: 1 },
            { ...x, 'X-Forwarded-Port': one, 'X-Forwarded-Proto': two },
          ),
          await see({ ...every, headers: 'forwarded' }, { Forwarded: one }),
        ]
        for (const environ of seen) {
          expect(normalizeAddress(environ.REMOTE_ADDR as string)).toBe(environ.REMOTE_ADDR)
          expect(environ['wsgi.url_scheme']).toMatch(/^https?$/)
          expect(environ.HTTP_HOST).toMatch(/^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]*)?$/i)
          expect(environ.SCRIPT_NAME).toMatch(/^(?:\/(?!\/).*[^/])?$/)
        }
      }),
      { numRuns: 200 },
    )
  })
})
