import { setImmediate as turn } from 'node:timers/promises'
import { type Application, HTTPError, NotFound, onError, outline, stack, validate } from '@stapel/core'
import { parseVary } from '@stapel/core/http'
import { applicationShapes, Client, type ClientAnswer, createEnviron, failingShapes } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CorsOptions, type CorsOrigins, cors } from './cors.ts'
import { compress, errorPages } from './index.ts'

const app = 'https://app.example'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

function get(
  origins: CorsOrigins,
  options?: CorsOptions,
  origin: string | undefined = app,
): Promise<ClientAnswer> {
  const headers: Record<string, string> = origin === '' ? {} : { Origin: origin }
  return new Client(stack(hello, cors(origins, options))).get('/', { headers })
}

interface Asked {
  origin?: string
  method?: string
  headers?: string
  privateNetwork?: boolean
}

function preflight(
  origins: CorsOrigins,
  options?: CorsOptions,
  { origin = app, method = 'PUT', headers, privateNetwork }: Asked = {},
): Promise<ClientAnswer> {
  return new Client(stack(hello, cors(origins, options))).options('/', {
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': method,
      ...(headers !== undefined && { 'Access-Control-Request-Headers': headers }),
      ...(privateNetwork && { 'Access-Control-Request-Private-Network': 'true' }),
    },
  })
}

/** The headers of an answer that CORS is made of. */
function shown({ headers }: ClientAnswer): Record<string, string> {
  return Object.fromEntries(
    [...headers]
      .filter(([name]) => /^(?:access-control-|vary$)/i.test(name))
      .map(([name, value]) => [name.toLowerCase(), value]),
  )
}

const allowed = { 'access-control-allow-origin': app, vary: 'Origin' }

describe('over every application shape', () => {
  test.each(applicationShapes)('lets the origin read the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['Vary', 'Accept']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(inner, validate, cors(app))).get('/', { headers: { Origin: app } })
    expect([answer.status, answer.text()]).toEqual([201, 'one, two'])
    expect(shown(answer)).toEqual({ ...allowed, vary: 'Accept, Origin' })
  })

  test.each(applicationShapes)('lets it read HEAD of $name', async ({ make }) => {
    const inner = make({ status: '200 OK', headers: [], chunks: ['one'] })
    const answer = await new Client(stack(inner, cors(app))).head('/', { headers: { Origin: app } })
    expect(shown(answer)).toEqual(allowed)
  })

  // What h3 (#1301) and hapi (#4590) lose.
  test.each(failingShapes.filter(({ committed }) => !committed))(
    'lets it read the 500 of an application that $name',
    async ({ make }) => {
      const answer = await new Client(stack(make(), cors(app))).get('/', { headers: { Origin: app } })
      expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([500, app])
      expect(parseVary(answer.headers.get('Vary') ?? '')).toContain('origin')
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'lets the answer break of an application that $name',
    async ({ make }) => {
      const client = new Client(stack(make(new Error('torn')), cors(app)))
      await expect(client.get('/')).rejects.toThrow('torn')
    },
  )
})

test.each([
  ['204 No Content', []],
  ['304 Not Modified', [['ETag', '"a"']]],
  ['500 Internal Server Error', []],
] as const)('stands on %s', async (status, headers) => {
  const inner: Application = (_environ, startResponse) => {
    startResponse(
      status,
      headers.map(([name, value]) => [name, value]),
    )
    return ''
  }
  const answer = await new Client(stack(inner, cors(app))).get('/', { headers: { Origin: app } })
  expect(shown(answer)).toEqual(allowed)
})

test('stands on the answer of an HTTPError that was thrown', async () => {
  const inner: Application = async () => {
    throw new NotFound('No entry.')
  }
  const answer = await new Client(stack(inner, cors(app))).get('/', { headers: { Origin: app } })
  expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([404, app])
})

test('stays on the page that a layer outside shows for an error', async () => {
  const inner: Application = () => {
    throw new Error('broken')
  }
  const pages = onError(({ status }) => new HTTPError(status, 'We are sorry.'))
  for (const [outer, status] of [
    [pages, 500],
    [errorPages(), 503],
  ] as const) {
    const answer = await new Client(stack(inner, outer, cors(app))).get('/', { headers: { Origin: app } })
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([status, app])
    expect(answer.errors.match(/Error: broken/g)).toHaveLength(1)
  }
})

describe('origins', () => {
  test('that are listed may read', async () => {
    const list = ['https://other.example', app]
    expect(shown(await get(list))).toEqual(allowed)
    expect(shown(await get(list, {}, 'https://other.example'))).toEqual({
      'access-control-allow-origin': 'https://other.example',
      vary: 'Origin',
    })
  })

  test.each([
    'https://other.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.test',
    'https://evil.test/https://app.example',
    'https://app.example@evil.test',
    'https://notapp.example',
    'https://app.example, https://evil.test',
    'app.example',
    'null',
    '*',
    ' ',
  ])('that are not, as %j, may not, and caches learn that it depends', async (origin) => {
    expect(shown(await get([app, 'https://x.example'], {}, origin))).toEqual({ vary: 'Origin' })
  })

  // gorilla/handlers #248, vapor #2539: without Vary, a cache gives this answer to the others.
  test('that are not named at all get the same Vary', async () => {
    expect(shown(await get(app, {}, ''))).toEqual({ vary: 'Origin' })
  })

  test.each([
    ['https://a.example.org', true],
    ['https://a.b.example.org', true],
    ['https://A.Example.ORG', true],
    ['https://example.org', false],
    ['https://notexample.org', false],
    ['https://a.example.org:8443', false],
    ['http://a.example.org', false],
    ['https://a.example.org.evil.test', false],
    ['https://.example.org', false],
  ])('below a name: %s is %s', async (origin, expected) => {
    const answer = await get('https://*.example.org', {}, origin)
    expect(answer.headers.has('Access-Control-Allow-Origin')).toBe(expected)
  })

  test('below a name have the port that it names', async () => {
    const ask = async (origin: string) =>
      (await get('http://*.localhost:3000', {}, origin)).headers.has('Access-Control-Allow-Origin')
    expect([await ask('http://a.localhost:3000'), await ask('http://a.localhost')]).toEqual([true, false])
  })

  test.each([
    ['https://a1.example.org', true],
    ['https://a1.example.org.evil.test', false],
    ['https://evil.test?https://a1.example.org', false],
    ['https://a1.example.org:1', false],
  ])('by a pattern, which must fit all of them: %s is %s', async (origin, expected) => {
    const layer = cors(/https:\/\/a\d\.example\.org|never/g)
    const client = new Client(stack(hello, layer))
    // Twice: a pattern with the flag g has a memory of its own.
    for (let i = 0; i < 2; i++) {
      const answer = await client.get('/', { headers: { Origin: origin } })
      expect(answer.headers.has('Access-Control-Allow-Origin')).toBe(expected)
    }
  })

  test('by a function, which gets them in lower case, and environ', async () => {
    const seen: string[] = []
    const check: CorsOrigins = (origin, environ) => {
      seen.push(`${origin} ${environ.PATH_INFO}`)
      return true
    }
    expect(shown(await get(check, {}, 'https://APP.example'))).toEqual(allowed)
    expect(seen).toEqual(['https://app.example /'])
  })

  test('by a function that answers later', async () => {
    const check: CorsOrigins = async (origin) => {
      await turn()
      return origin === app
    }
    expect(shown(await get(check))).toEqual(allowed)
    expect(shown(await get(check, {}, 'https://other.example'))).toEqual({ vary: 'Origin' })
    expect((await preflight(check)).headers.get('Access-Control-Allow-Origin')).toBe(app)
  })

  test.each([undefined, 1, 'https://evil.test', {}])(
    'by a function that gives %j may not read',
    async (given) => {
      expect(shown(await get((() => given) as never))).toEqual({ vary: 'Origin' })
    },
  )

  test('of any kind may read what is open to all, and nothing depends on them', async () => {
    const open = { 'access-control-allow-origin': '*' }
    expect(shown(await get('*'))).toEqual(open)
    expect(shown(await get('*', {}, 'null'))).toEqual(open)
    expect(shown(await get('*', {}, ''))).toEqual(open)
  })

  test('named with the usual port are those that browsers send without', async () => {
    expect(shown(await get('https://app.example:443'))).toEqual(allowed)
  })

  test('null may read only where it is allowed, whatever a function says', async () => {
    expect(shown(await get(() => true, {}, 'null'))).toEqual({ vary: 'Origin' })
    expect(shown(await get(app, { allowNull: true }, 'null'))).toEqual({
      'access-control-allow-origin': 'null',
      vary: 'Origin',
    })
  })

  test('that were not named are never allowed', async () => {
    const layer = cors([app, 'https://*.example.org'])(hello)
    const origin = fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc.string({ unit: fc.constantFrom('https://', 'app', '.example', '.org', ':443', '@', '/', '*', '.') }),
    )
    await fc.assert(
      fc.asyncProperty(origin, async (text) => {
        let given: string | undefined
        await layer({ ...createEnviron('/'), HTTP_ORIGIN: text }, (_status, headers) => {
          given = headers.find(([name]) => name === 'Access-Control-Allow-Origin')?.[1]
          return () => {}
        })
        if (given !== undefined)
          expect(given).toMatch(/^https:\/\/(?:app\.example|(?:[\w~-]+\.)+example\.org\.?)(?::443)?$/)
      }),
    )
  })
})

describe('credentials', () => {
  test('are allowed for a named origin, on every answer', async () => {
    expect(shown(await get(app, { credentials: true }))).toEqual({
      ...allowed,
      'access-control-allow-credentials': 'true',
    })
    expect(
      (await preflight(app, { credentials: true })).headers.get('Access-Control-Allow-Credentials'),
    ).toBe('true')
  })

  test('are not mentioned to others', async () => {
    expect(shown(await get(app, { credentials: true }, 'https://other.example'))).toEqual({ vary: 'Origin' })
  })

  // Hono #4811, h3 #1456: browsers take it for a name there.
  test.each([
    ['*', {}, "got '*' with credentials"],
    [app, { exposeHeaders: '*' }, "got '*' for the option exposeHeaders with credentials"],
    [app, { allowNull: true }, 'got allowNull with credentials'],
  ] as [CorsOrigins, CorsOptions, string][])('never go with %j %j', (origins, options, message) => {
    expect(() => cors(origins, { ...options, credentials: true })).toThrow(message)
  })
})

describe('a preflight', () => {
  test('is answered, and the application not asked', async () => {
    const answer = await preflight(app, {}, { headers: 'Content-Type, X-Token' })
    expect([answer.status, answer.text(), answer.headers.get('Content-Type')]).toEqual([204, '', null])
    expect(shown(answer)).toEqual({
      'access-control-allow-origin': app,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'content-type, x-token',
      vary: 'Origin, Access-Control-Request-Headers',
    })
  })

  test('without headers still depends on them', async () => {
    expect((await preflight(app)).headers.get('Vary')).toBe('Origin, Access-Control-Request-Headers')
    expect((await preflight(app)).headers.has('Access-Control-Allow-Headers')).toBe(false)
  })

  test('names what was chosen', async () => {
    const answer = await preflight(
      '*',
      { methods: ['GET', 'QUERY'], allowHeaders: ['X-Token'], maxAge: 600 },
      { headers: 'x-other' },
    )
    expect(shown(answer)).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, QUERY',
      'access-control-allow-headers': 'X-Token',
      'access-control-max-age': '600',
    })
  })

  test('may ask for any method', async () => {
    const answer = await preflight(app, { methods: '*' }, { method: 'PURGE' })
    expect(answer.headers.get('Access-Control-Allow-Methods')).toBe('PURGE')
    expect(answer.headers.get('Vary')).toBe(
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    )
  })

  test('of another origin is answered without leave', async () => {
    const answer = await preflight(
      app,
      { privateNetwork: true },
      { origin: 'https://evil.test', privateNetwork: true },
    )
    expect([answer.status, Object.keys(shown(answer))]).toEqual([204, ['vary']])
  })

  test('for a private network is granted where that was chosen', async () => {
    const header = 'Access-Control-Allow-Private-Network'
    expect(
      (await preflight(app, { privateNetwork: true }, { privateNetwork: true })).headers.get(header),
    ).toBe('true')
    expect((await preflight(app, { privateNetwork: true })).headers.has(header)).toBe(false)
    expect((await preflight(app, {}, { privateNetwork: true })).headers.has(header)).toBe(false)
  })

  test('may be answered with 200', async () => {
    const answer = await preflight(app, { preflight: 200 })
    expect([answer.status, answer.text()]).toEqual([200, ''])
  })

  test('may be left to the application, with the headers', async () => {
    const answer = await preflight(app, { preflight: 'pass' })
    expect([answer.status, answer.text()]).toEqual([200, 'Hello'])
    expect(answer.headers.get('Access-Control-Allow-Methods')).toContain('PUT')
  })

  test('cannot write a header of its own', async () => {
    const answer = await preflight(app, { methods: '*' }, { headers: 'x-a, bad name, x-c' })
    expect(answer.headers.get('Access-Control-Allow-Headers')).toBe('x-a, x-c')
  })
})

test.each([
  ['without an origin', { 'Access-Control-Request-Method': 'PUT' }],
  ['without a method', { Origin: app }],
  ['with a method that is none', { Origin: app, 'Access-Control-Request-Method': 'P UT' }],
])('OPTIONS %s goes to the application', async (_name, headers) => {
  const answer = await new Client(stack(hello, cors(app))).options('/', { headers })
  expect([answer.status, answer.text()]).toEqual([200, 'Hello'])
})

test('exposes headers', async () => {
  const answer = await get(app, { exposeHeaders: ['X-Total', 'ETag'] })
  expect(answer.headers.get('Access-Control-Expose-Headers')).toBe('X-Total, ETag')
})

test('an answer that says itself who may read it keeps that, and stands there once', async () => {
  const inner: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['access-control-allow-origin', '*']])
    return ''
  }
  const answer = await new Client(stack(inner, cors(app, { credentials: true }))).get('/', {
    headers: { Origin: app },
  })
  expect(shown(answer)).toEqual({ 'access-control-allow-origin': '*', vary: 'Origin' })
})

// node-server #304: cookies were lost where cors and compress came together.
test('keeps cookies, and Vary of layers on both sides', async () => {
  const inner: Application = (_environ, startResponse) => {
    startResponse('200 OK', [
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ])
    return 'x'.repeat(2000)
  }
  const answer = await new Client(stack(inner, compress(), cors(app))).get('/', { headers: { Origin: app } })
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(answer.headers.get('Vary')).toBe('Origin, Accept-Encoding')
})

test('a Vary of * stays', async () => {
  const inner: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['Vary', '*']])
    return ''
  }
  expect((await new Client(stack(inner, cors(app))).get('/')).headers.get('Vary')).toBe('*')
})

test('stays synchronous over a synchronous application', () => {
  expect(cors(app)(hello)(createEnviron('/', { headers: { Origin: app } }), () => () => {})).toBe('Hello')
})

test('has its name in an outline', () => {
  expect(String(outline(stack(hello, cors('*'))))).toBe('cors\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [undefined, {}, 'got undefined for an origin; expected a scheme and a host'],
    [[], {}, 'got [] for an origin'],
    [
      'https://app.example/',
      {},
      'got "https://app.example/" for an origin; expected a scheme and a host without a slash',
    ],
    ['app.example', {}, 'got "app.example" for an origin'],
    ['null', {}, 'got "null" for an origin'],
    [['*'], {}, 'got "*" for an origin'],
    ['https://*', {}, 'got "https://*" for an origin'],
    ['https://*.', {}, 'got "https://*." for an origin'],
    ['ftp://*.example.org', {}, 'got "ftp://*.example.org" for an origin'],
    [[42], {}, 'got 42 for an origin'],
    [true, {}, 'got true for an origin'],
    ['*', { methods: ['put'] }, 'got ["put"] for the option methods'],
    ['*', { methods: 'GET' }, 'got "GET" for the option methods; expected \'*\' or a list of names'],
    ['*', { allowHeaders: ['X Token'] }, 'got ["X Token"] for the option allowHeaders'],
    ['*', { exposeHeaders: ['*'] }, 'got ["*"] for the option exposeHeaders'],
    ['*', { maxAge: -1 }, 'got -1 for the option maxAge; expected a number of seconds'],
    ['*', { credentials: 'include' }, 'got "include" for the option credentials; expected true or false'],
    ['*', { preflight: 404 }, "got 404 for the option preflight; expected 204, 200 or 'pass'"],
    [
      '*',
      { allowedHeaders: [] },
      'got the unknown option "allowedHeaders"; it knows credentials, methods, allowHeaders',
    ],
  ])('%j with %j', (origins, options, message) => {
    const make = () => cors(origins as CorsOrigins, options as CorsOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
