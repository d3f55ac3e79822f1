import { type Application, type Environ, outline, stack } from '@stapel/core'
import { applicationShapes, Client, type ClientAnswer, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type TrustedHostsOptions, trustedHosts } from './trusted-hosts.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

/** The status that a request with this `Host` gets. */
async function statusOf(
  hosts: readonly string[],
  host: string,
  options: TrustedHostsOptions = {},
  environ: Partial<Environ> = {},
): Promise<number> {
  // A gateway lets no malformed Host through; a proxy's may have been put in its place.
  const app = stack(
    hello,
    (inner) => (outer, startResponse) => inner({ ...outer, HTTP_HOST: host, ...environ }, startResponse),
    trustedHosts(hosts, options),
  )
  return (await new Client(app, { validate: false }).get('/')).status
}

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const app = stack(
      make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] }),
      trustedHosts(['localhost']),
    )
    const answer = await new Client(app).get('/')
    expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'one, two'])
  })

  test.each(applicationShapes)('does not call $name for another host', async ({ make }) => {
    let calls = 0
    const inner = make({ status: '200 OK', headers: [], chunks: ['a'] })
    const app = stack(
      (environ, startResponse) => {
        calls++
        return inner(environ, startResponse)
      },
      trustedHosts(['example.org']),
    )
    expect((await new Client(app).get('/')).status).toBe(400)
    expect(calls).toBe(0)
  })
})

describe('answers for', () => {
  const hosts = ['example.org', '*.example.net', '.example.com:8443', '[::1]', '192.0.2.7']

  test.each([
    'example.org',
    'EXAMPLE.ORG',
    'example.org.',
    'example.org:1234',
    'www.example.net',
    'a.b.example.net:80',
    'example.com:8443',
    'www.example.com:8443',
    '[::1]',
    '[::1]:8000',
    '[0:0:0:0:0:0:0:1]:8000',
    '192.0.2.7:80',
  ])('%s', async (host) => {
    expect(await statusOf(hosts, host)).toBe(200)
  })
})

describe('refuses', () => {
  const hosts = ['example.org', '*.example.net', '.example.com:8443', '[::1]', '192.0.2.7']

  // robustness.md O1
  test.each([
    'evil.example',
    'www.example.org',
    'example.net',
    'notexample.net',
    'example.com',
    'example.com:80',
    'example.org.evil.example',
    'example.org@evil.example',
    'evil.example@example.org',
    'evil.example#example.org',
    'evil.example#.example.net',
    'evil.example/.example.net',
    'evil.example?.example.net',
    'evil.example\\.example.net',
    'evil.example%00.example.net',
    'evil.example:80.example.net',
    'evil.example,www.example.net',
    'evil.example .example.net',
    'a..example.net',
    '.example.net',
    '*.example.net',
    'example.org:',
    'example.org:80:80',
    'example.org:99999',
    'example.org:+80',
    '::1',
    '[::1',
    '[::1]evil.example',
    '[::2]',
    '[evil.example]',
    '',
    ' ',
  ])('%j', async (host) => {
    expect(await statusOf(hosts, host)).toBe(400)
  })

  test('whatever could move the host of a URL', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '.', 'b.c', ':', '8', '@', '/', '#', '[', ']', '\\', ' '),
    })
    await fc.assert(
      fc.asyncProperty(text, async (host) => {
        if ((await statusOf(['*.b.c', 'a'], host)) !== 200) return
        const { hostname } = new URL(`http://${host}/`)
        expect(hostname).toMatch(/^(?:a|.+\.b\.c)\.?$/)
      }),
      { numRuns: 300 },
    )
  })
})

test('a port that is usual for the scheme need not be named', async () => {
  const https = { 'wsgi.url_scheme': 'https' } as const
  expect(await statusOf(['example.org:443'], 'example.org', {}, https)).toBe(200)
  expect(await statusOf(['example.org:443'], 'example.org')).toBe(400)
  expect(await statusOf(['example.org:443'], 'example.org:8443', {}, https)).toBe(400)
})

describe('a request without Host', () => {
  function ask(hosts: readonly string[], server: Partial<Environ>): string {
    const environ = createEnviron('/', { environ: { SERVER_PROTOCOL: 'HTTP/1.0', ...server } })
    delete environ.HTTP_HOST
    let status = ''
    trustedHosts(hosts)(hello)(environ, (line) => {
      status = line
      return () => {}
    })
    return status
  }

  test('is one for the listening side', () => {
    expect(ask(['10.0.0.7'], { SERVER_NAME: '10.0.0.7', SERVER_PORT: '8000' })).toBe('200 OK')
    expect(ask(['10.0.0.7:80'], { SERVER_NAME: '10.0.0.7', SERVER_PORT: '8000' })).toBe('400 Bad Request')
    expect(ask(['example.org'], { SERVER_NAME: '10.0.0.7', SERVER_PORT: '8000' })).toBe('400 Bad Request')
    // A unix socket has no port.
    expect(ask(['localhost'], { SERVER_NAME: 'localhost', SERVER_PORT: '' })).toBe('200 OK')
    expect(ask(['[fe80::1]'], { SERVER_NAME: 'fe80::1%eth0', SERVER_PORT: '8000' })).toBe('200 OK')
  })
})

describe('the refusal', () => {
  async function refuse(options?: TrustedHostsOptions, accept = 'text/plain'): Promise<ClientAnswer> {
    const app = trustedHosts(['internal-name.example'], options)(hello)
    return new Client(app).get('/', { headers: { Host: 'evil.example', Accept: accept } })
  }

  test('is 400 and shows neither the list nor the host', async () => {
    const answer = await refuse()
    expect(answer.status).toBe(400)
    expect(answer.text()).toContain('does not answer for the host of the request')
    expect(answer.text()).not.toMatch(/internal-name|evil/)
  })

  test('is 421 where that is wanted', async () => {
    expect((await refuse({ status: 421 })).status).toBe(421)
  })

  test('comes in the form that the client takes', async () => {
    expect((await refuse({}, 'application/problem+json')).headers.get('Content-Type')).toBe(
      'application/problem+json',
    )
  })

  test('has no body for HEAD', async () => {
    const app = trustedHosts(['example.org'])(hello)
    const answer = await new Client(app).head('/')
    expect([answer.status, answer.text()]).toEqual([400, ''])
  })
})

test('lets through what is excepted, whatever its host', async () => {
  const app = trustedHosts(['example.org'], { except: (environ) => environ.PATH_INFO === '/healthz' })(hello)
  const client = new Client(app)
  const headers = { Host: '10.0.0.7' }
  expect((await client.get('/healthz', { headers })).status).toBe(200)
  expect((await client.get('/', { headers })).status).toBe(400)
})

test('calls through without a promise and without a copy', () => {
  const environ = createEnviron('/')
  let seen: Environ | undefined
  const app = trustedHosts(['localhost'])((inner, startResponse) => {
    seen = inner
    startResponse('200 OK', [])
    return 'now'
  })
  expect(app(environ, () => () => {})).toBe('now')
  expect(seen).toBe(environ)
})

test('has its name in an outline', () => {
  expect(String(outline(stack(hello, trustedHosts(['example.org']))))).toBe('trustedHosts\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [[], {}, "got [] for the hosts; expected a list of at least one, as in ['example.org'"],
    ['example.org', {}, 'got "example.org" for the hosts'],
    [undefined, {}, 'got undefined for the hosts'],
    [['https://example.org'], {}, 'got "https://example.org" among the hosts; expected a name'],
    [['*'], {}, 'got "*" among the hosts'],
    [['::1'], {}, 'got "::1" among the hosts'],
    [[42], {}, 'got 42 among the hosts'],
    [['a'], { status: 404 }, 'got 404 for the option status; expected 400 or 421'],
    [['a'], { except: '/healthz' }, 'got "/healthz" for the option except; expected a list of paths'],
    [['a'], { redirect: true }, 'got the unknown option "redirect"; it knows status, except'],
  ])('%j with %j', (hosts, options, message) => {
    const make = () => trustedHosts(hosts as string[], options as TrustedHostsOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
