import { setImmediate as turn } from 'node:timers/promises'
import { type Application, outline, stack, validate } from '@stapel/core'
import { formatAuthorization, parseChallenges } from '@stapel/core/http'
import { applicationShapes, Client, type ClientAnswer, createEnviron, failingShapes } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessLog } from './access-log.ts'
import { type BasicAuthOptions, type BasicAuthUsers, basicAuth, CREDENTIALS_LIMIT } from './basic-auth.ts'

const users = { ada: 'secret', grüße: 'pässword:1' }

const whoami: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
  return `${environ.AUTH_TYPE} ${environ.REMOTE_USER}`
}

function as(username: string, password: string): { headers: { Authorization: string } } {
  return { headers: { Authorization: formatAuthorization({ scheme: 'basic', username, password }) } }
}

function ask(
  init: { headers?: Record<string, string> },
  given: BasicAuthUsers = users,
  options: BasicAuthOptions = {},
): Promise<ClientAnswer> {
  return new Client(stack(whoami, basicAuth(given, options))).get('/', init)
}

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(inner, validate, basicAuth(users))).get('/', as('ada', 'secret'))
    expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'one, two'])
  })

  test.each(applicationShapes)('does not call $name for who is not known', async ({ make }) => {
    let calls = 0
    const inner = make({ status: '200 OK', headers: [], chunks: ['a'] })
    const app = stack((environ, startResponse) => {
      calls++
      return inner(environ, startResponse)
    }, basicAuth(users))
    expect((await new Client(app).get('/', as('ada', 'wrong'))).status).toBe(401)
    expect(calls).toBe(0)
  })

  test.each(failingShapes.filter(({ given }) => given))(
    'throws on what is thrown: $name',
    async ({ make }) => {
      const app = stack(make(new Error('torn')), basicAuth(users))
      await expect(new Client(app).get('/', as('ada', 'secret'))).rejects.toThrow('torn')
    },
  )
})

describe('lets in', () => {
  test('who knows name and password, and says who it is', async () => {
    const answer = await ask(as('ada', 'secret'))
    expect([answer.status, answer.text()]).toEqual([200, 'Basic ada'])
  })

  test('with names and passwords beyond ASCII, and colons in a password', async () => {
    expect((await ask(as('grüße', 'pässword:1'))).text()).toBe('Basic grüße')
  })

  test('by a Map', async () => {
    expect((await ask(as('ada', 'a'), new Map([['ada', 'a']]))).status).toBe(200)
  })

  test('whoever is excepted, and says nothing of them', async () => {
    const options: BasicAuthOptions = { except: (environ) => environ.PATH_INFO === '/' }
    expect((await ask({}, users, options)).text()).toBe('undefined undefined')
    expect((await ask({}, users, { except: () => false })).status).toBe(401)
  })

  test('whatever the case of the scheme', async () => {
    expect((await ask({ headers: { Authorization: 'bAsIc YWRhOnNlY3JldA==' } })).status).toBe(200)
  })
})

describe('asks', () => {
  test.each([
    ['nobody', {}],
    ['a wrong password', as('ada', 'secreT')],
    ['a beginning of the password', as('ada', 'secre')],
    ['a password that goes on', as('ada', 'secrets')],
    ['a password that repeats', as('ada', 'secretsecret')],
    ['no password', as('ada', '')],
    ['a name that is not there', as('bob', 'secret')],
    ['a name that an object has', as('constructor', 'secret')],
    ['a name in another case', as('Ada', 'secret')],
    ['the password of nobody', as('bob', 'nobody has this password')],
    ['the password of somebody else', as('ada', 'pässword:1')],
  ])('%s', async (_name, init) => {
    const answer = await ask(init)
    expect(answer.status).toBe(401)
    expect(parseChallenges(answer.headers.get('WWW-Authenticate') ?? '')).toEqual([
      {
        scheme: 'basic',
        parameters: new Map([
          ['realm', 'Restricted'],
          ['charset', 'UTF-8'],
        ]),
      },
    ])
  })

  // Each of these was a 500 or a 400 somewhere; to a client it is only not the right one.
  test.each([
    'Basic',
    'Basic ',
    'Basic YWRh',
    'Basic ****',
    'Basic YWRhOnNlY3JldA',
    'Basic YWRhOnNlY3JldA== x',
    'Basic YWRhOnNlY3JldA==, Basic YWRhOnNlY3JldA==',
    'Basic /////w==',
    'Basic YWRhAHg6c2VjcmV0',
    'Bearer YWRhOnNlY3JldA==',
    'YWRhOnNlY3JldA==',
    'Digest username="ada"',
    'Basic realm="x"',
  ])('who sends what is malformed: %s', async (Authorization) => {
    // Missing padding is forgiven by atob(), and says the same.
    const expected = Authorization === 'Basic YWRhOnNlY3JldA' ? 200 : 401
    expect((await ask({ headers: { Authorization } })).status).toBe(expected)
  })

  test('who sends too much, without a check of it', async () => {
    let checks = 0
    const check: BasicAuthUsers = () => {
      checks++
      return true
    }
    expect((await ask(as('ada', 'a'.repeat(CREDENTIALS_LIMIT - 2)), check)).status).toBe(401)
    expect(checks).toBe(0)
    expect((await ask(as('ada', 'a'.repeat(CREDENTIALS_LIMIT - 3)), check)).status).toBe(200)
  })

  test('whoever does not have exactly the password', async () => {
    const layer = basicAuth({ ada: 'abab' })(whoami)
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', 'b', 'ä'), maxLength: 9 }),
        async (password) => {
          let status = ''
          await layer(createEnviron('/', as('ada', password)), (line) => {
            status = line
            return () => {}
          })
          expect(status === '200 OK').toBe(password === 'abab')
        },
      ),
    )
  })

  test('in the form that the client takes, and HEAD without a body', async () => {
    const headers = { Accept: 'application/problem+json' }
    expect((await ask({ headers })).headers.get('Content-Type')).toBe('application/problem+json')
    const head = await new Client(basicAuth(users)(whoami)).head('/')
    expect([head.status, head.bytes().length, head.headers.has('WWW-Authenticate')]).toEqual([401, 0, true])
  })

  test('in its own words', async () => {
    const answer = await ask({}, users, { realm: 'Büro "4"', message: 'Bitte anmelden.' })
    expect(answer.headers.get('WWW-Authenticate')).toBe('Basic realm="Büro \\"4\\"", charset="UTF-8"')
    expect(answer.text()).toContain('Bitte anmelden.')
  })
})

describe('a check', () => {
  test('gets name, password and environ', async () => {
    const seen: unknown[] = []
    await ask(as('ada', 'x'), (...args) => {
      seen.push(args[0], args[1], args[2].PATH_INFO)
      return false
    })
    expect(seen).toEqual(['ada', 'x', '/'])
  })

  test('may answer later', async () => {
    const check: BasicAuthUsers = async (_name, password) => {
      await turn()
      return password === 'right'
    }
    expect((await ask(as('ada', 'right'), check)).text()).toBe('Basic ada')
    expect((await ask(as('ada', 'wrong'), check)).status).toBe(401)
  })

  test.each([undefined, null, 1, 'ada', {}])('that gives %j lets nobody in', async (verdict) => {
    expect((await ask(as('ada', 'x'), (() => verdict) as never)).status).toBe(401)
    expect((await ask(as('ada', 'x'), (async () => verdict) as never)).status).toBe(401)
  })

  test.each([
    () => {
      throw new Error('no database')
    },
    () => Promise.reject(new Error('no database')),
  ])('that fails lets nobody in, and does not pass for a wrong password', async (check) => {
    await expect(ask(as('ada', 'x'), check)).rejects.toThrow('no database')
  })

  test('beyond those that may wait is not begun, and those before it are not lost', async () => {
    const waiting: ((verdict: boolean) => void)[] = []
    const check = () => new Promise<boolean>((resolve) => waiting.push(resolve))
    const client = new Client(stack(whoami, basicAuth(check, { pendingLimit: 2 })))
    const first = client.get('/', as('a', 'x'))
    const second = client.get('/', as('b', 'x'))
    await expect.poll(() => waiting.length).toBe(2)
    const third = await client.get('/', as('c', 'x'))
    expect([third.status, third.headers.get('Retry-After')]).toEqual([503, '1'])
    waiting[0]?.(true)
    waiting[1]?.(false)
    expect([(await first).text(), (await second).status]).toEqual(['Basic a', 401])
    const fourth = client.get('/', as('d', 'x'))
    await expect.poll(() => waiting.length).toBe(3)
    waiting[2]?.(true)
    expect((await fourth).text()).toBe('Basic d')
  })

  test('that fails gives its place back', async () => {
    const client = new Client(
      stack(
        whoami,
        basicAuth(() => Promise.reject(new Error('away')), { pendingLimit: 1 }),
      ),
      { rejectErrors: false },
    )
    for (let i = 0; i < 3; i++) expect((await client.get('/', as('a', 'x'))).status).toBe(500)
  })
})

test('a name is known to the access log outside', async () => {
  const lines: string[] = []
  const app = stack(
    whoami,
    accessLog((line) => lines.push(line), { format: ({ user }) => user }),
    basicAuth(users),
  )
  await new Client(app).get('/', as('ada', 'secret'))
  expect(lines).toEqual(['ada'])
})

test('calls through without a promise where there is none', () => {
  expect(basicAuth(users)(whoami)(createEnviron('/', as('ada', 'secret')), () => () => {})).toBe('Basic ada')
})

test('has its name in an outline', () => {
  expect(String(outline(stack(whoami, basicAuth(users))))).toBe('basicAuth\n  whoami')
})

describe('refuses when it is made', () => {
  test.each([
    [undefined, {}, 'got undefined for the users; expected a function, or names and their passwords'],
    [{}, {}, 'got {} for the users'],
    [['ada', 'secret'], {}, 'got a list for the users; expected a function, or names and their passwords'],
    [new Map(), {}, 'got an object of class Map for the users'],
    ['ada:secret', {}, 'got "ada:secret" for the users'],
    [{ ada: '' }, {}, 'got no text, or an empty one, for the password of "ada"'],
    [{ ada: undefined }, {}, 'for the password of "ada"'],
    [{ 'a:b': 'x' }, {}, 'no client can send the name "a:b"'],
    [{ ada: 'a\nb' }, {}, 'no client can send the name "ada" or its password'],
    [users, { realm: 'a\r\nb' }, 'for the option realm; expected a text of visible latin-1'],
    [users, { realm: '東京' }, 'for the option realm'],
    [users, { except: '/healthz' }, 'got "/healthz" for the option except'],
    [users, { message: '' }, 'got "" for the option message'],
    [users, { pendingLimit: 0 }, 'got 0 for the option pendingLimit; expected a number of checks'],
    [users, { challenge: true }, 'got the unknown option "challenge"; it knows realm, except, message'],
  ])('%j with %j', (given, options, message) => {
    const make = () => basicAuth(given as BasicAuthUsers, options as BasicAuthOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  test('and never shows a password', () => {
    expect(() => basicAuth({ ada: 'top\nsecret' })).toThrow(/^(?!.*secret)/)
  })
})
