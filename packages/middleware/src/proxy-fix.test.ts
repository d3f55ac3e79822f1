import { type Environ, outline, stack } from '@stapel/core'
import { applicationShapes, Client, createEnviron, type RequestInit } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type ProxyFixOptions, proxyFix } from './proxy-fix.ts'

/** The environ that reaches an application behind `proxyFix(options)`. */
async function see(options: ProxyFixOptions, init: RequestInit): Promise<Environ> {
  let seen: Environ | undefined
  const app = stack((environ, startResponse) => {
    seen = environ
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return ''
  }, proxyFix(options))
  await new Client(app).get('/', init)
  if (seen === undefined) throw new Error('The application was not called.')
  return seen
}

const forwarded = (headers: Record<string, string>, environ: Partial<Environ> = {}): RequestInit => ({
  headers,
  environ,
})

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const app = stack(
      make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] }),
      proxyFix(),
    )
    const answer = await new Client(app).get('/', { headers: { 'X-Forwarded-For': '192.0.2.7' } })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('X-Inner')).toBe('yes')
    expect(answer.text()).toBe('one, two')
  })

  test.each(applicationShapes)('has restored the client when it calls $name', async ({ make }) => {
    let address: string | undefined
    const inner = make({ status: '200 OK', headers: [], chunks: ['a'] })
    const app = stack((environ, startResponse) => {
      address = environ.REMOTE_ADDR
      return inner(environ, startResponse)
    }, proxyFix())
    await new Client(app).get('/', { headers: { 'X-Forwarded-For': '192.0.2.7' } })
    expect(address).toBe('192.0.2.7')
  })
})

describe('the address', () => {
  test('is the last of X-Forwarded-For with one proxy', async () => {
    const environ = await see({}, forwarded({ 'X-Forwarded-For': '203.0.113.9, 192.0.2.7' }))
    expect(environ.REMOTE_ADDR).toBe('192.0.2.7')
    expect('REMOTE_PORT' in environ).toBe(false)
  })

  test('is the second from the right with two', async () => {
    const environ = await see(
      { for: 2 },
      forwarded({ 'X-Forwarded-For': '203.0.113.9, 192.0.2.7, 10.0.0.1' }),
    )
    expect(environ.REMOTE_ADDR).toBe('192.0.2.7')
  })

  // robustness.md T3
  test('stays when the list is shorter than the count', async () => {
    const environ = await see({ for: 2 }, forwarded({ 'X-Forwarded-For': '192.0.2.7' }))
    expect(environ.REMOTE_ADDR).toBe('127.0.0.1')
    expect(environ.REMOTE_PORT).toBe('49152')
  })

  test('does not move on to what the client wrote when a proxy adds an empty value', async () => {
    const environ = await see({}, forwarded({ 'X-Forwarded-For': '203.0.113.9, ' }))
    expect(environ.REMOTE_ADDR).toBe('127.0.0.1')
  })

  test('counts over repeated headers as over one list', async () => {
    const environ = await see(
      { for: 2 },
      {
        headers: [
          ['X-Forwarded-For', '203.0.113.9, 192.0.2.7'],
          ['X-Forwarded-For', '10.0.0.1'],
        ],
      },
    )
    expect(environ.REMOTE_ADDR).toBe('192.0.2.7')
  })

  test('brings its port along', async () => {
    const environ = await see({}, forwarded({ 'X-Forwarded-For': '[2001:DB8::1]:4711' }))
    expect(environ.REMOTE_ADDR).toBe('2001:db8::1')
    expect(environ.REMOTE_PORT).toBe('4711')
  })

  test('is set for a proxy that connects over a unix socket', async () => {
    const init = createEnviron('/', { headers: { 'X-Forwarded-For': '192.0.2.7' } })
    delete init.REMOTE_ADDR
    delete init.REMOTE_PORT
    let seen: Environ | undefined
    const app = proxyFix({ peers: ['unix'] })((environ, startResponse) => {
      seen = environ
      startResponse('200 OK', [])
      return ''
    })
    app(init, () => () => {})
    expect(seen?.REMOTE_ADDR).toBe('192.0.2.7')
    expect(seen?.['stapel.proxy_fix.orig']).toHaveProperty('REMOTE_ADDR', undefined)
  })

  test.each([
    'unknown',
    '_hidden',
    '256.1.1.1',
    '1.2.3',
    'fe80::1%eth0',
    '192.0.2.7:0',
    '[192.0.2.7]',
    '<script>',
  ])('stays for the value %s', async (value) => {
    const environ = await see({}, forwarded({ 'X-Forwarded-For': value }))
    expect(environ.REMOTE_ADDR).toBe('127.0.0.1')
    expect(environ.REMOTE_PORT).toBe('49152')
  })
})

describe('the scheme', () => {
  test('is taken from X-Forwarded-Proto', async () => {
    const environ = await see({}, forwarded({ 'X-Forwarded-Proto': 'https' }))
    expect(environ['wsgi.url_scheme']).toBe('https')
  })

  test('of a WebSocket is that of its handshake', async () => {
    const environ = await see({}, forwarded({ 'X-Forwarded-Proto': 'WSS' }))
    expect(environ['wsgi.url_scheme']).toBe('https')
  })

  test.each(['javascript', 'https:', 'ftp', '__proto__', ''])('stays for the value %j', async (value) => {
    const environ = await see({}, forwarded({ 'X-Forwarded-Proto': value }))
    expect(environ['wsgi.url_scheme']).toBe('http')
  })

  test('stays when its header is not counted', async () => {
    const environ = await see({ proto: 0 }, forwarded({ 'X-Forwarded-Proto': 'https' }))
    expect(environ['wsgi.url_scheme']).toBe('http')
  })
})

describe('the host', () => {
  // robustness.md T1
  test('is not taken from X-Forwarded-Host by default', async () => {
    const environ = await see({}, forwarded({ Host: 'app.internal', 'X-Forwarded-Host': 'evil.example' }))
    expect(environ.HTTP_HOST).toBe('app.internal')
  })

  test('is the n-th X-Forwarded-Host from the right, and the listening side stays', async () => {
    const environ = await see(
      { host: 1 },
      forwarded({ Host: 'app.internal', 'X-Forwarded-Host': 'evil.example, www.example.org' }),
    )
    expect(environ.HTTP_HOST).toBe('www.example.org')
    expect(environ.SERVER_NAME).toBe('localhost')
    expect(environ.SERVER_PORT).toBe('80')
  })

  test('gets the forwarded port', async () => {
    const environ = await see(
      { port: 1 },
      forwarded({ Host: 'example.org:8000', 'X-Forwarded-Port': '8443' }),
    )
    expect(environ.HTTP_HOST).toBe('example.org:8443')
    expect(environ.SERVER_PORT).toBe('80')
  })

  test('loses its port when the forwarded one is the default of the scheme', async () => {
    const environ = await see(
      { host: 1, port: 1 },
      forwarded({
        'X-Forwarded-Host': '[::1]:8000',
        'X-Forwarded-Port': '443',
        'X-Forwarded-Proto': 'https',
      }),
    )
    expect(environ.HTTP_HOST).toBe('[::1]')
  })

  test.each(['user@example.org', 'example.org/path', 'a b', 'example.org:99999', '[1.2.3.4]', 'exam<ple'])(
    'stays for the value %s',
    async (value) => {
      const environ = await see({ host: 1 }, forwarded({ Host: 'app.internal', 'X-Forwarded-Host': value }))
      expect(environ.HTTP_HOST).toBe('app.internal')
    },
  )
})

describe('the prefix', () => {
  test('is put before SCRIPT_NAME, without a slash at its end', async () => {
    const environ = await see(
      { prefix: 1 },
      forwarded({ 'X-Forwarded-Prefix': '/app/' }, { SCRIPT_NAME: '/v1' }),
    )
    expect(environ.SCRIPT_NAME).toBe('/app/v1')
    expect(environ.PATH_INFO).toBe('/')
  })

  test('is brought to the normal form of a path', async () => {
    const environ = await see({ prefix: 1 }, forwarded({ 'X-Forwarded-Prefix': '/%61pp/%c3%a4' }))
    expect(environ.SCRIPT_NAME).toBe('/app/%C3%A4')
  })

  test.each([
    'app',
    '//evil.example',
    '/\\evil.example',
    '/a/../b',
    '/%2e%2e',
    '/a%00',
    '/a b',
    '/a?b',
    '/%zz',
  ])('stays for the value %s', async (value) => {
    const environ = await see({ prefix: 1 }, forwarded({ 'X-Forwarded-Prefix': value }))
    expect(environ.SCRIPT_NAME).toBe('')
  })

  test('is what each of the counted proxies stripped, the outermost first', async () => {
    const environ = await see({ prefix: 2 }, forwarded({ 'X-Forwarded-Prefix': '/evil, /outer, /inner' }))
    expect(environ.SCRIPT_NAME).toBe('/outer/inner')
  })

  test('stays when one of the counted is not well-formed, or missing', async () => {
    const broken = await see({ prefix: 2 }, forwarded({ 'X-Forwarded-Prefix': '//evil, /inner' }))
    expect(broken.SCRIPT_NAME).toBe('')
    const short = await see({ prefix: 2 }, forwarded({ 'X-Forwarded-Prefix': '/inner' }))
    expect(short.SCRIPT_NAME).toBe('')
  })
})

describe('the peers', () => {
  test('are whose headers are read', async () => {
    const environ = await see(
      { peers: ['10.0.0.0/8'] },
      forwarded(
        { 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' },
        { REMOTE_ADDR: '10.1.2.3' },
      ),
    )
    expect(environ.REMOTE_ADDR).toBe('192.0.2.7')
    expect(environ['wsgi.url_scheme']).toBe('https')
  })

  test('are the only ones whose headers are read', async () => {
    const headers = {
      'X-Forwarded-For': '192.0.2.7',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Prefix': '/evil',
    }
    const environ = await see(
      { host: 1, prefix: 1, peers: ['10.0.0.0/8'] },
      forwarded({ ...headers, Host: 'example.org' }, { REMOTE_ADDR: '203.0.113.9' }),
    )
    expect(environ.REMOTE_ADDR).toBe('203.0.113.9')
    expect(environ['wsgi.url_scheme']).toBe('http')
    expect(environ.HTTP_HOST).toBe('example.org')
    expect(environ.SCRIPT_NAME).toBe('')
  })

  test('trust nobody when the list is empty', async () => {
    const environ = await see({ peers: [] }, forwarded({ 'X-Forwarded-For': '192.0.2.7' }))
    expect(environ.REMOTE_ADDR).toBe('127.0.0.1')
  })
})

describe('the headers', () => {
  // robustness.md T5
  test('are removed, the unused ones too, and kept under stapel.proxy_fix.orig', async () => {
    const environ = await see(
      {},
      forwarded({
        'X-Forwarded-For': '203.0.113.9, 192.0.2.7',
        'X-Forwarded-Host': 'evil.example',
        Forwarded: 'for=203.0.113.9',
      }),
    )
    expect(Object.keys(environ).filter((key) => key.includes('FORWARDED'))).toEqual([])
    expect(environ['stapel.proxy_fix.orig']).toEqual({
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_PORT: '49152',
      HTTP_X_FORWARDED_FOR: '203.0.113.9, 192.0.2.7',
      HTTP_X_FORWARDED_HOST: 'evil.example',
      HTTP_FORWARDED: 'for=203.0.113.9',
    })
  })

  test.each(['For', 'Proto', 'Host', 'Port', 'Prefix', 'By', 'Server', 'Scheme', 'Ssl'])(
    'X-Forwarded-%s is removed also where it comes alone',
    async (name) => {
      const environ = await see({}, forwarded({ [`X-Forwarded-${name}`]: 'any' }))
      expect(Object.keys(environ).filter((key) => key.includes('FORWARDED'))).toEqual([])
    },
  )

  test('are removed when they come from a stranger', async () => {
    const environ = await see({ peers: ['10.0.0.1'] }, forwarded({ 'X-Forwarded-For': '192.0.2.7' }))
    expect('HTTP_X_FORWARDED_FOR' in environ).toBe(false)
  })

  test('stay with keepHeaders', async () => {
    const environ = await see({ keepHeaders: true }, forwarded({ 'X-Forwarded-For': '192.0.2.7' }))
    expect(environ.HTTP_X_FORWARDED_FOR).toBe('192.0.2.7')
    expect(environ.REMOTE_ADDR).toBe('192.0.2.7')
  })
})

test('hands on the same environ when there is nothing to change', () => {
  const environ = createEnviron('/')
  let seen: Environ | undefined
  const app = proxyFix()((inner, startResponse) => {
    seen = inner
    startResponse('200 OK', [])
    return ''
  })
  app(environ, () => () => {})
  expect(seen).toBe(environ)
})

test('leaves the environ of the layers outside as it was', () => {
  const environ = createEnviron('/', { headers: { 'X-Forwarded-For': '192.0.2.7' } })
  const before = { ...environ }
  proxyFix()((_environ, startResponse) => {
    startResponse('200 OK', [])
    return ''
  })(environ, () => () => {})
  expect(environ).toEqual(before)
})

test('calls through without a promise', () => {
  const app = proxyFix()((_environ, startResponse) => {
    startResponse('200 OK', [])
    return 'now'
  })
  expect(app(createEnviron('/', { headers: { 'X-Forwarded-For': '192.0.2.7' } }), () => () => {})).toBe('now')
})

test('has its name in an outline', () => {
  const app = stack(function hello(_environ, startResponse) {
    startResponse('200 OK', [])
    return ''
  }, proxyFix())
  expect(String(outline(app))).toBe('proxyFix\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [{ for: -1 }, 'got -1 for the option for; expected a number of proxies, an integer from 0 to 100'],
    [{ proto: '1' }, 'got "1" for the option proto'],
    [{ host: 1.5 }, 'got 1.5 for the option host'],
    [{ port: true }, 'got true for the option port'],
    [{ prefix: null }, 'got null for the option prefix'],
    [{ peers: '127.0.0.1' }, 'got "127.0.0.1" for the option peers; expected a list of texts'],
    [{ keepHeaders: 1 }, 'got 1 for the option keepHeaders; expected true or false'],
    [
      { x_for: 1 },
      'got the unknown option "x_for"; it knows headers, peers, for, proto, host, port, prefix, keepHeaders',
    ],
    [{ peers: ['localhost'] }, 'got "localhost" among the peers'],
    [{ for: 101 }, "an integer from 0 to 100, or 'peers'"],
    [{ for: 'all' }, "an integer from 0 to 100, or 'peers'"],
    [{ proto: 'peers' }, "got 'peers' for the option proto without the option peers"],
    [
      { headers: 'x-real-ip' },
      "got \"x-real-ip\" for the option headers; expected 'x-forwarded' or 'forwarded'",
    ],
    [
      { headers: 'forwarded', prefix: 1 },
      "got 1 for the option prefix; expected none with headers: 'forwarded'",
    ],
    [{ headers: 'forwarded', peers: [], port: 'peers' }, 'got peers for the option port'],
  ])('%j', (options, message) => {
    expect(() => proxyFix(options as ProxyFixOptions)).toThrow(TypeError)
    expect(() => proxyFix(options as ProxyFixOptions)).toThrow(message)
  })
})
