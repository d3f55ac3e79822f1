import { expectTypeOf, test } from 'vitest'
import {
  type ClientOptions,
  type ClientRequestInit,
  CookieJar,
  type EnvironInit,
  type JarCookieOptions,
  type RequestInit,
} from './index.ts'

/** The optional members that refuse `undefined`, of each type of a union. */
type Refusing<T> = T extends unknown
  ? {
      [K in keyof T]-?: undefined extends Required<T>[K] ? never : object extends Pick<T, K> ? K : never
    }[keyof T]
  : never

test('an option that may be missing is given as it is', () => {
  expectTypeOf<Refusing<ClientOptions | ClientRequestInit | RequestInit>>().toBeNever()
  expectTypeOf<Refusing<EnvironInit | JarCookieOptions>>().toBeNever()
  new CookieJar().delete('a', { domain: undefined, path: undefined })
})
