import { expectTypeOf, test } from 'vitest'
import type { Refusing } from '../../core/src/refusing.test-support.ts'
import {
  type ClientOptions,
  type ClientRequestInit,
  CookieJar,
  type EnvironInit,
  type JarCookieOptions,
  type RequestInit,
} from './index.ts'

test('an option that may be missing is given as it is', () => {
  expectTypeOf<Refusing<ClientOptions | ClientRequestInit | RequestInit>>().toBeNever()
  expectTypeOf<Refusing<EnvironInit | JarCookieOptions>>().toBeNever()
  new CookieJar().delete('a', { domain: undefined, path: undefined })
})
