import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { basicAuth } from './basic-auth.ts'

test('users are an object, a map, or a function that may answer later', () => {
  expectTypeOf(basicAuth({ ada: 'lovelace' })).toEqualTypeOf<Middleware>()
  basicAuth(new Map([['ada', 'lovelace']]))
  basicAuth(async (username, password, environ) => {
    expectTypeOf(username).toEqualTypeOf<string>()
    expectTypeOf(password).toEqualTypeOf<string>()
    expectTypeOf(environ).toEqualTypeOf<Environ>()
    return password === 'lovelace'
  })
  // @ts-expect-error: the users are what it cannot do without.
  basicAuth()
  // @ts-expect-error: what is not there is no password.
  basicAuth({ ada: process.env.ADA_PASSWORD })
  // @ts-expect-error: a function says yes or no, so that no text is taken for a yes.
  basicAuth((username) => username)
})

test('environ names who was let in', () => {
  expectTypeOf<Environ['REMOTE_USER']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Environ['AUTH_TYPE']>().toEqualTypeOf<string | undefined>()
})

test('options that there are not are errors', () => {
  basicAuth({ ada: 'lovelace' }, { realm: 'Staff', except: ({ PATH_INFO }) => PATH_INFO === '/' })
  // @ts-expect-error: paths are a list.
  basicAuth({ ada: 'lovelace' }, { except: '/' })
  // @ts-expect-error: no such option.
  basicAuth({ ada: 'lovelace' }, { challenge: true })
})
