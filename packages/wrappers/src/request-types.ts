import type { Environ, ReadOptions } from '@stapel/core'
import type { FormLimitsInit } from './form/form-limits.ts'
import type { JsonOptions } from './json.ts'
import type { Request } from './request.ts'
import type { StandardSchema } from './standard-schema.ts'

/** What a router captured, where nothing more is known of it. */
export type AnyParams = Readonly<Record<string, unknown>>

/** How {@link Request.json} reads. */
export interface JsonRequestOptions<T = unknown> extends ReadOptions, JsonOptions {
  /**
   * Whether the content type must be JSON. A page of another site can send any bytes without a preflight as long as the type is not
   * JSON or is left out, so that this is also a guard against forged requests.
   * @default true
   */
  checkType?: boolean | undefined
  /** What the value must be: a validator of zod, valibot, arktype or any other that is a Standard Schema. @default none */
  schema?: StandardSchema<T>
}

/** A class of requests, as `Request.application` is called on. */
export interface RequestClass {
  /** Makes a request of an environ. */
  new (environ: Environ): Request<unknown>
  /** See {@link Request.trustedHosts}. */
  readonly trustedHosts?: readonly string[] | undefined
  /** See {@link Request.bodyLimit}. */
  readonly bodyLimit?: number
  /** See {@link Request.formLimits}. */
  readonly formLimits?: FormLimitsInit | undefined
}

/** What a handler of a request class gets: {@link Request} with the params of its route, or the subclass with them. */
export type RequestOf<C extends RequestClass, P> = typeof Request extends C
  ? Request<P>
  : InstanceType<C> & { readonly params: P }
