import type { Environ } from '@stapel/core'
import type { AuthorizationInit, UserAndPassword } from '@stapel/core/http'
import type { HeadersInit } from '@stapel/wrappers'
import type { FormInit, RequestBody } from './request-body.ts'
import type { QueryInit } from './request-target.ts'

/** What a request is, besides its target. A request has at most one of `body`, `json` and `form`. */
export interface RequestInit {
  /** Any token, sent as it is. @default 'GET' */
  method?: string
  /**
   * Where the application is: its scheme, its host, and the path that it is mounted at, which becomes `SCRIPT_NAME`.
   * @default 'http://localhost'
   */
  base?: string | URL
  /** The query, unless the target has one. @default none */
  query?: QueryInit
  /** Fields of the request; repeats in a list are joined. `Host` is that of the base unless given. @default none */
  headers?: HeadersInit
  /** Credentials: a user and a password for `Basic`, a token for `Bearer`, or what `formatAuthorization` of `@stapel/core/http` takes. @default none */
  auth?: UserAndPassword | { readonly token: string } | AuthorizationInit
  /** Sent as it is; strings and bytes with their length, iterables in chunked coding. Forms and blobs bring their content type. @default none */
  body?: RequestBody
  /** Sent as `application/json`. */
  json?: unknown
  /** Sent as browsers send a form: as `multipart/form-data` where there is a `Blob` or `File`, urlencoded otherwise. */
  form?: FormInit
  /** Keys of environ that replace those made from the rest; one that is `undefined` removes the key. @default none */
  environ?: Partial<Environ>
  /** Aborting it is the client leaving. @default none */
  signal?: AbortSignal
}

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
