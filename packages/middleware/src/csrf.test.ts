import { type Application, outline, stack, validate } from '@stapel/core'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CsrfOptions, csrf } from './csrf.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

interface Sent {
  options?: CsrfOptions
  method?: 'get' | 'head' | 'options' | 'post' | 'put' | 'patch' | 'delete'
  path?: string
  base?: string
}

/** The status that a request with these headers gets; a POST unless told otherwise. */
async function statusOf(
  headers: Record<string, string>,
  { options = {}, method = 'post', path = '/', base = 'https://example.org' }: Sent = {},
): Promise<number> {
  const client = new Client(stack(hello, csrf(options)), { base })
  return (await client[method](path, { headers })).status
}

const foreign = { Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' }

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(inner, validate, csrf())).post('/', {
      headers: { 'Sec-Fetch-Site': 'same-origin' },
    })
    expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'one, two'])
  })

  test.each(applicationShapes)('does not call $name for a page of another site', async ({ make }) => {
    let calls = 0
    const inner = make({ status: '200 OK', headers: [], chunks: ['a'] })
    const app = stack((environ, startResponse) => {
      calls++
      return inner(environ, startResponse)
    }, csrf())
    const answer = await new Client(app).post('/', { headers: foreign })
    expect([answer.status, calls]).toEqual([403, 0])
  })

  test.each(failingShapes.filter(({ given }) => given))(
    'throws on what is thrown: $name',
    async ({ make }) => {
      await expect(new Client(stack(make(new Error('torn')), csrf())).post('/')).rejects.toThrow('torn')
    },
  )
})

describe('a method', () => {
  test.each(['get', 'head', 'options'] as const)('that is safe passes: %s', async (method) => {
    expect(await statusOf(foreign, { method })).toBe(200)
  })

  test.each(['post', 'put', 'patch', 'delete'] as const)('that is not is looked at: %s', async (method) => {
    expect(await statusOf(foreign, { method })).toBe(403)
  })

  test.each(['get', 'PROPFIND', 'QUERY', 'constructor'])(
    'that is not known for safe is not: %s',
    (REQUEST_METHOD) => {
      let status = ''
      const environ = { ...createEnviron('/', { headers: foreign }), REQUEST_METHOD }
      csrf()(hello)(environ, (line) => {
        status = line
        return () => {}
      })
      expect(status).toBe('403 Forbidden')
    },
  )

  test('that opens a WebSocket is looked at, though it is GET', async () => {
    const upgrade = { Upgrade: 'WebSocket' }
    expect(await statusOf({ ...foreign, ...upgrade }, { method: 'get' })).toBe(403)
    expect(await statusOf({ Origin: 'https://evil.test', ...upgrade }, { method: 'get' })).toBe(403)
    expect(await statusOf({ Origin: 'https://example.org', ...upgrade }, { method: 'get' })).toBe(200)
  })
})

// Content types that a form cannot send are no proof: what can is a matter of browsers, and of their bugs.
test.each([
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=a',
  'APPLICATION/X-WWW-FORM-URLENCODED',
  '',
])('a page of another site is refused whatever type it sends: %j', async (type) => {
  expect(await statusOf({ ...foreign, 'Content-Type': type })).toBe(403)
})

describe('Sec-Fetch-Site', () => {
  test.each([
    ['same-origin', 200],
    ['none', 200],
    ['same-site', 403],
    ['cross-site', 403],
    ['', 403],
    ['same-origin, cross-site', 403],
    ['Same-Origin', 403],
    ['something-new', 403],
  ])('%j is %i', async (site, status) => {
    expect(await statusOf({ 'Sec-Fetch-Site': site })).toBe(status)
  })

  test('counts more than Origin', async () => {
    expect(await statusOf({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://example.org' })).toBe(403)
    expect(
      await statusOf({ 'Sec-Fetch-Site': 'same-origin', Origin: 'https://behind-a-proxy.example' }),
    ).toBe(200)
  })

  test('of the same site passes where that is wanted', async () => {
    expect(await statusOf({ 'Sec-Fetch-Site': 'same-site' }, { options: { sameSite: true } })).toBe(200)
    expect(await statusOf({ 'Sec-Fetch-Site': 'cross-site' }, { options: { sameSite: true } })).toBe(403)
  })
})

describe('Origin, of browsers that send no Sec-Fetch-Site,', () => {
  test.each([
    ['https://example.org', 200],
    ['https://EXAMPLE.org', 200],
    ['https://example.org:443', 200],
    ['https://example.org:8443', 403],
    ['http://example.org', 403],
    ['ftp://example.org', 403],
    ['https://www.example.org', 403],
    ['https://example.org.evil.test', 403],
    ['https://example.org@evil.test', 403],
    ['https://notexample.org', 403],
    ['null', 403],
    ['', 403],
    ['example.org', 403],
    ['https://example.org, https://evil.test', 403],
  ])('%j is %i', async (Origin, status) => {
    expect(await statusOf({ Origin })).toBe(status)
  })

  test('has the port of the host', async () => {
    const base = 'http://localhost:3000'
    expect(await statusOf({ Origin: 'http://localhost:3000' }, { base })).toBe(200)
    expect(await statusOf({ Origin: 'http://localhost' }, { base })).toBe(403)
    expect(await statusOf({ Origin: 'http://localhost:3001' }, { base })).toBe(403)
    expect(await statusOf({ Origin: 'http://[::1]:3000' }, { base: 'http://[::1]:3000' })).toBe(200)
  })

  test('may be https behind a proxy that did not say so', async () => {
    expect(await statusOf({ Origin: 'https://example.org' }, { base: 'http://example.org' })).toBe(200)
  })

  test('is refused without a host to compare it with', () => {
    const environ = createEnviron('/', { method: 'POST', headers: { Origin: 'https://example.org' } })
    delete environ.HTTP_HOST
    let status = ''
    csrf()(hello)(environ, (line) => {
      status = line
      return () => {}
    })
    expect(status).toBe('403 Forbidden')
  })

  test('of anybody else never passes', async () => {
    const layer = csrf()(hello)
    const text = fc.oneof(
      fc.webUrl(),
      fc.string({
        unit: fc.constantFrom('https://', 'example', '.org', ':443', '@', '/', '#', 'evil', ' ', ','),
      }),
    )
    await fc.assert(
      fc.property(text, (HTTP_ORIGIN) => {
        let status = ''
        const environ = createEnviron('/', { method: 'POST', base: 'https://example.org' })
        layer({ ...environ, HTTP_ORIGIN }, (line) => {
          status = line
          return () => {}
        })
        if (status === '200 OK') expect(new URL(HTTP_ORIGIN).origin).toBe('https://example.org')
      }),
    )
  })
})

describe('Referer, of what sends neither,', () => {
  test.each([
    ['https://example.org/form?a#b', 200],
    ['https://example.org', 200],
    ['https://evil.test/https://example.org/', 403],
    ['https://example.org@evil.test/', 403],
    ['https://evil.test\\@example.org/', 403],
    ['about:blank', 403],
    ['', 403],
  ])('%j is %i', async (Referer, status) => {
    expect(await statusOf({ Referer })).toBe(status)
  })

  test('may be that of a trusted origin', async () => {
    const options = { origins: ['https://app.example'] }
    expect(await statusOf({ Referer: 'https://app.example/page' }, { options })).toBe(200)
  })
})

test('what does not tell where it comes from is no browser, and passes unless that is required', async () => {
  expect(await statusOf({})).toBe(200)
  expect(await statusOf({}, { options: { requireOrigin: true } })).toBe(403)
  expect(await statusOf({ Origin: 'https://example.org' }, { options: { requireOrigin: true } })).toBe(200)
})

describe('origins', () => {
  const options = { origins: ['https://app.example', 'https://*.trusted.example', /https:\/\/pr-\d+\.test/] }

  test.each([
    ['https://app.example', 200],
    ['https://a.trusted.example', 200],
    ['https://pr-12.test', 200],
    ['https://pr-12.test.evil', 403],
    ['https://trusted.example', 403],
    ['null', 403],
  ])('%s is %i', async (Origin, status) => {
    expect(await statusOf({ Origin, 'Sec-Fetch-Site': 'cross-site' }, { options })).toBe(status)
    expect(await statusOf({ Origin }, { options })).toBe(status)
  })
})

test('what is excepted may come from anywhere', async () => {
  const options: CsrfOptions = { except: ['/webhooks'] }
  expect(await statusOf(foreign, { path: '/webhooks/stripe', options })).toBe(200)
  expect(await statusOf(foreign, { path: '/webhooks-admin', options })).toBe(403)
})

test('the refusal tells a program that says nothing of itself what is missing', async () => {
  const answer = await new Client(csrf({ requireOrigin: true })(hello)).post('/')
  expect(answer.text()).toContain('The request does not tell which page has sent it.')
})

test('the refusal comes in the form that the client takes, and shows nothing of the request', async () => {
  const answer = await new Client(csrf()(hello)).post('/', {
    headers: { ...foreign, Accept: 'application/problem+json' },
  })
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
  expect(answer.text()).toContain('by a page of another site')
  expect(answer.text()).not.toContain('evil')
})

test('calls through without a promise and without a copy', () => {
  const environ = createEnviron('/', { method: 'POST' })
  let seen: unknown
  const app = csrf()((inner, startResponse) => {
    seen = inner
    startResponse('200 OK', [])
    return 'now'
  })
  expect(app(environ, () => () => {})).toBe('now')
  expect(seen).toBe(environ)
})

test('has its name in an outline', () => {
  expect(String(outline(stack(hello, csrf())))).toBe('csrf\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [
      { origins: 'https://a.example' },
      'got "https://a.example" for the option origins; expected a list of origins',
    ],
    [{ origins: ['a.example'] }, 'csrf: got "a.example" for an origin'],
    [{ sameSite: 'yes' }, 'got "yes" for the option sameSite'],
    [{ requireOrigin: 1 }, 'got 1 for the option requireOrigin'],
    [{ token: true }, 'got the unknown option "token"; it knows origins, except, sameSite, requireOrigin'],
  ])('%j', (options, message) => {
    expect(() => csrf(options as CsrfOptions)).toThrow(TypeError)
    expect(() => csrf(options as CsrfOptions)).toThrow(message)
  })
})
