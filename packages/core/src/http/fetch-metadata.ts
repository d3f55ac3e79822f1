/**
 * `Sec-Fetch-*`: how a browser came to send a request (Fetch Metadata).
 *
 * The threat: another site's page can have a visitor's browser send requests with his cookies. Browsers say so in these fields, which no
 * page can set. What is not stopped: other clients write what they like, and old browsers send nothing.
 *
 * @module
 */

/** How a browser came to send a request; what is `undefined` was not sent, or is a value that is not known. */
export interface FetchMetadata {
  /** Who had it sent, seen from this server: a page of it, of the same site, of another, or the visitor himself. */
  readonly site: (typeof sites)[number] | undefined
  /** How. */
  readonly mode: (typeof modes)[number] | undefined
  /** What for: `'empty'` is a script. */
  readonly dest: (typeof destinations)[number] | undefined
  /** Whether the visitor had it navigate, by a click or a key. */
  readonly user: boolean
}

/** What of a request tells how a browser came to send it: `HTTP_SEC_FETCH_SITE` and its kin. An environ is one. */
export interface FetchMetadataRequest {
  /** A field as it was sent (Fetch Metadata, section 2). */
  readonly [key: `HTTP_SEC_FETCH_${string}`]: string | undefined
}

/**
 * How a browser came to send a request.
 *
 * @example
 * ```ts
 * import type { Environ } from '@stapel/core'
 * import { parseFetchMetadata } from '@stapel/core/http'
 *
 * export const isForeign = (environ: Environ) => parseFetchMetadata(environ).site === 'cross-site'
 * ```
 */
export function parseFetchMetadata(request: FetchMetadataRequest): FetchMetadata {
  return {
    site: sites.find((name) => name === request.HTTP_SEC_FETCH_SITE),
    mode: modes.find((name) => name === request.HTTP_SEC_FETCH_MODE),
    dest: destinations.find((name) => name === request.HTTP_SEC_FETCH_DEST),
    user: request.HTTP_SEC_FETCH_USER === '?1',
  }
}

const sites = ['same-origin', 'same-site', 'cross-site', 'none'] as const

const modes = ['navigate', 'cors', 'no-cors', 'same-origin', 'websocket'] as const

const destinations = [
  'document',
  'empty',
  'image',
  'script',
  'style',
  'font',
  'iframe',
  'frame',
  'fencedframe',
  'embed',
  'object',
  'audio',
  'video',
  'track',
  'manifest',
  'worker',
  'sharedworker',
  'serviceworker',
  'audioworklet',
  'paintworklet',
  'json',
  'text',
  'report',
  'webidentity',
  'xslt',
] as const
