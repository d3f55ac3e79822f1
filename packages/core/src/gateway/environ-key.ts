/** A key under which environ has a header field of the request. */
export type HeaderKey = 'CONTENT_TYPE' | 'CONTENT_LENGTH' | `HTTP_${string}`

/**
 * The environ key of a header name (clause 2). `undefined` for a name with `_`, which is dropped: `X_Real_IP` must not pose as `X-Real-IP`.
 *
 * @example
 * ```ts
 * import { environKey } from '@stapel/core'
 *
 * environKey('X-Request-Id') // → 'HTTP_X_REQUEST_ID'
 * environKey('content-type') // → 'CONTENT_TYPE'
 * environKey('X_Request_Id') // → undefined
 * ```
 */
export function environKey(name: string): HeaderKey | undefined {
  if (name.includes('_')) return undefined
  const key = name.toUpperCase().replaceAll('-', '_')
  return key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH' ? key : `HTTP_${key}`
}
