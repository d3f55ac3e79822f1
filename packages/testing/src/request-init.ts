import type { Environ } from '@stapel/core'
import type { AuthorizationInit, UserAndPassword } from '@stapel/core/http'
import type { HeadersInit } from '@stapel/wrappers'
import type { FormInit, RequestBody } from './request-body.ts'
import type { QueryInit } from './request-target.ts'

/** What a request is, besides its target. A request has at most one of `body`, `json` and `form`. */
export interface RequestInit {
  /** Any token, sent as it is. @default 'GET' */
  method?: string | undefined
  /**
   * Where the application is: its scheme, its host, and the path that it is mounted at, which becomes `SCRIPT_NAME`.
   * @default 'http://localhost'
   */
  base?: string | URL | undefined
  /** The query, unless the target has one. @default none */
  query?: QueryInit | undefined
  /** Fields of the request; repeats in a list are joined. `Host` is that of the base unless given. @default none */
  headers?: HeadersInit | undefined
  /** Credentials: a user and a password for `Basic`, a token for `Bearer`, or what `formatAuthorization` of `@stapel/core/http` takes. @default none */
  auth?: UserAndPassword | { readonly token: string } | AuthorizationInit | undefined
  /** Sent as it is; strings and bytes with their length, iterables in chunked coding. Forms and blobs bring their content type. @default none */
  body?: RequestBody | undefined
  /** Sent as `application/json`. */
  json?: unknown
  /** Sent as browsers send a form: as `multipart/form-data` where there is a `Blob` or `File`, urlencoded otherwise. */
  form?: FormInit | undefined
  /** Keys of environ that replace those made from the rest; one that is `undefined` removes the key. @default none */
  environ?: EnvironInit | undefined
  /** Aborting it is the client leaving. @default none */
  signal?: AbortSignal | undefined
}

/** Keys of environ to put in place of those that are made; one that is `undefined` is removed. */
export type EnvironInit = { [Key in keyof Environ]?: Environ[Key] | undefined }

/** The names of {@link RequestInit}. */
export const requestNames: ReadonlySet<string> = new Set<keyof RequestInit>([
  'method',
  'base',
  'query',
  'headers',
  'auth',
  'body',
  'json',
  'form',
  'environ',
  'signal',
])
