import { expectTypeOf, test } from 'vitest'
import type { Refusing } from '../../core/src/refusing.test-support.ts'
import {
  type ConditionalOptions,
  type CookieOptions,
  type EntityTagOptions,
  type EventStreamOptions,
  type FormLimitsInit,
  type InvalidContentOptions,
  type JsonOptions,
  type JsonRequestOptions,
  type PasswordHashOptions,
  type RecordOptions,
  type RedirectOptions,
  Request,
  type ResponseInit,
  type ResponseReadOptions,
  type SendFileOptions,
  type SendFromDirectoryOptions,
  type ServerSentEvent,
  type SignedCookieOptions,
  Signer,
  type SignerOptions,
  type ValidateOptions,
} from './index.ts'

test('an option that may be missing is given as it is', () => {
  expectTypeOf<
    Refusing<ResponseInit | ResponseReadOptions | EntityTagOptions | ConditionalOptions>
  >().toBeNever()
  expectTypeOf<
    Refusing<RedirectOptions | InvalidContentOptions | ValidateOptions | RecordOptions>
  >().toBeNever()
  expectTypeOf<
    Refusing<CookieOptions | SignedCookieOptions | SignerOptions | PasswordHashOptions>
  >().toBeNever()
  expectTypeOf<Refusing<SendFileOptions | SendFromDirectoryOptions>>().toBeNever()
  expectTypeOf<Refusing<EventStreamOptions | ServerSentEvent>>().toBeNever()
  expectTypeOf<Refusing<JsonOptions | FormLimitsInit>>().toBeNever()
})

test('limits and times of one call, too', () => {
  const request = new Request({} as never)
  request.formData({ file: undefined })
  request.parts({ total: undefined })
  request.text({ limit: undefined })
  new Signer('', '').verify('', { maxAge: undefined })
})

test('but no validator, which would leave a value unchecked that has its type', () => {
  expectTypeOf<Refusing<JsonRequestOptions>>().toEqualTypeOf<'schema'>()
})
