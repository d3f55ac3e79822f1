import { type HeaderList, validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Request } from './request.ts'
import { Response } from './response.ts'
import { SIGNED_COOKIE_CANDIDATES, SignedCookie, type SignedCookieOptions } from './signed-cookie.ts'
import { Signer } from './signer.ts'

const key = 'k'.repeat(32)
const oldKey = 'o'.repeat(32)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

/** The `Set-Cookie` with which a cookie is given. */
async function given(cookie: SignedCookie, value: string): Promise<string> {
  const response = new Response()
  await cookie.set(response, value)
  return response.headers.getSetCookie()[0] as string
}

/** The `name=value` that a client sends back. */
async function sent(cookie: SignedCookie, value: string): Promise<string> {
  return (await given(cookie, value)).split(';')[0] as string
}

function requestWith(...cookies: string[]): Request {
  return new Request(createEnviron('/', { headers: { Cookie: cookies.join('; ') } }))
}

test('a value comes back with the next request', async () => {
  const user = new SignedCookie('user', key)
  const app = Request.application(async (request) => {
    const response = new Response(`Hello ${(await user.get(request)) ?? 'stranger'}`)
    if (request.path === '/login') await user.set(response, 'Ada, "Gräfin"; =')
    if (request.path === '/logout') user.delete(response)
    return response
  })
  const client = new Client(validate(app))
  expect((await client.get('/')).text()).toBe('Hello stranger')
  const login = (await client.get('/login')).headers.getSetCookie()[0] as string
  const headers: HeaderList = [['Cookie', login.split(';')[0] as string]]
  expect((await client.get('/', { headers })).text()).toBe('Hello Ada, "Gräfin"; =')
  const logout = (await client.get('/logout', { headers })).headers.getSetCookie()
  expect(logout).toEqual([
    'user=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
  ])
})

test('what a signer of the same keys signed for something else is bad', async () => {
  const user = new SignedCookie('user', key)
  const signed = await Promise.all(
    ['user', 'other', 'Set-Cookie: other'].map((purpose) => new Signer(key, purpose).sign('Ada')),
  )
  for (const text of signed) {
    expect(await user.verify(requestWith(`user=${text}`))).toEqual({ outcome: 'bad' })
  }
  const own = await new Signer(key, 'Set-Cookie: user').sign('Ada')
  expect(await user.get(requestWith(`user=${own}`))).toBe('Ada')
})

describe('the attributes', () => {
  test.each<[SignedCookieOptions, string]>([
    [{}, 'Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax'],
    [
      { maxAge: undefined, session: undefined, httpOnly: undefined, sameSite: undefined },
      'Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax',
    ],
    [{ maxAge: 60.5 }, 'Max-Age=61; Path=/; HttpOnly; SameSite=Lax'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax'],
    [{ session: true }, 'Path=/; HttpOnly; SameSite=Lax'],
    [
      { path: '/shop', domain: 'example.org', secure: true, httpOnly: false, sameSite: 'none' },
      'Max-Age=1209600; Domain=example.org; Path=/shop; Secure; SameSite=None',
    ],
  ])('of the options %j', async (options, expected) => {
    const [, ...attributes] = (await given(new SignedCookie('user', key, options), 'ada')).split('; ')
    expect(attributes.join('; ')).toBe(expected)
  })

  test.each([
    ['__Host-user', {}],
    ['us er', {}],
    ['user', { sameSite: 'none' }],
    ['user', { domain: 'a;b' }],
    ['user', { httponly: true }],
  ] as [string, SignedCookieOptions][])('of %s with %j are refused when it is made', (name, options) => {
    expect(() => new SignedCookie(name, key, options)).toThrow(TypeError)
  })

  test.each([{ maxAge: 0 }, { maxAge: Number.NaN }])('of %j are out of range', (options) => {
    expect(() => new SignedCookie('user', key, options)).toThrow(RangeError)
  })

  test('a short key is refused', () => {
    expect(() => new SignedCookie('user', 'secret')).toThrow(RangeError)
  })

  test('a value that browsers would not take is refused', async () => {
    const user = new SignedCookie('user', key)
    await expect(user.set(new Response(), 'a'.repeat(2900))).resolves.toBeUndefined()
    await expect(user.set(new Response(), 'a'.repeat(3100))).rejects.toThrow(RangeError)
  })
})

describe('there is no value', () => {
  const user = new SignedCookie('user', [key, oldKey], { maxAge: 3600 })

  test('without a cookie', async () => {
    expect(await user.verify(requestWith('other=1'))).toEqual({ outcome: 'absent' })
    expect(await user.get(requestWith('other=1'))).toBeUndefined()
  })

  test.each(['user=ada', 'user=', 'user=%', 'user="ada"', `user=YWRh.1767225600.${'A'.repeat(43)}`])(
    'in a cookie that was made up: %s',
    async (cookie) => {
      expect(await user.verify(requestWith(cookie))).toEqual({ outcome: 'bad' })
      expect(await user.get(requestWith(cookie))).toBeUndefined()
    },
  )

  test('in one that was signed under another name', async () => {
    const cookie = await sent(new SignedCookie('theme', key), 'ada')
    expect(await user.verify(requestWith(cookie.replace('theme=', 'user=')))).toEqual({ outcome: 'bad' })
  })

  test('in one that is too old, whatever the browser thinks', async () => {
    const request = requestWith(await sent(user, 'ada'))
    vi.setSystemTime(Date.now() + 3601_000)
    expect(await user.verify(request)).toMatchObject({ outcome: 'expired' })
    expect(await user.get(request)).toBeUndefined()
  })
})

test('a cookie of an old key has its value, and the index of the key', async () => {
  const cookie = await sent(new SignedCookie('user', oldKey), 'ada')
  const user = new SignedCookie('user', [key, oldKey])
  expect(await user.verify(requestWith(cookie))).toMatchObject({ outcome: 'valid', value: 'ada', key: 1 })
})

describe('of several cookies of one name', () => {
  const user = new SignedCookie('user', key, { maxAge: 3600 })

  test('the first that is genuine counts', async () => {
    const request = requestWith('user=tossed', await sent(user, 'ada'), await sent(user, 'bob'))
    expect(await user.get(request)).toBe('ada')
  })

  test('an expired one is told before a bad one', async () => {
    const old = await sent(user, 'ada')
    vi.setSystemTime(Date.now() + 3601_000)
    expect(await user.verify(requestWith('user=x', old, 'user=y'))).toMatchObject({ outcome: 'expired' })
  })

  test('only so many are looked at', async () => {
    const genuine = await sent(user, 'ada')
    const tossed = new Array<string>(SIGNED_COOKIE_CANDIDATES).fill('user=tossed')
    expect(await user.get(requestWith(...tossed.slice(1), genuine))).toBe('ada')
    expect(await user.get(requestWith(...tossed, genuine))).toBeUndefined()
  })
})
