import { expectTypeOf, test } from 'vitest'
import type { Refusing } from '../../core/src/refusing.test-support.ts'
import * as middleware from './index.ts'

declare const env: Readonly<Record<string, string | undefined>>
declare const nothing: undefined

test('an option that may be missing is given as it is', () => {
  type Access = middleware.BasicAuthOptions | middleware.CorsOptions | middleware.CsrfOptions
  type Seen = middleware.AccessLogOptions | middleware.RequestIdOptions | middleware.SecurityHeadersOptions
  type Failing = middleware.BreakerOptions | middleware.ErrorPagesOptions | middleware.UnavailableOptions
  type Limits = middleware.BodyLimitOptions | middleware.TimeoutOptions | middleware.HealthOptions
  type Choosing = middleware.CascadeOptions | middleware.DispatchOptions | middleware.TrustedHostsOptions
  type Coding = middleware.CompressOptions | middleware.CompressCacheOptions | middleware.DecompressOptions
  type Files = middleware.StaticFilesOptions | middleware.FileCacheOptions
  type Others = middleware.EtagOptions | middleware.ProxyFixOptions
  expectTypeOf<Refusing<Access | Seen | Failing | Limits>>().toBeNever()
  expectTypeOf<Refusing<Choosing | Coding | Files | Others>>().toBeNever()
  expectTypeOf<Refusing<middleware.CompressLevels | middleware.TransportSecurity>>().toBeNever()
})

test('so is one of an option', () => {
  middleware.unavailable({ contact: env.CONTACT, retryAfter: nothing })
  middleware.staticFiles({ '/': '.' }, { maxAge: nothing, cache: { maxBytes: nothing }, fallback: nothing })
})
