import { quote } from './quote.ts'
import type { PathFailure } from './walk-alternative.ts'

/** Why a rule does not answer a request. */
export type Failure =
  | PathFailure
  /** Its path matches, and it answers other methods. */
  | { readonly kind: 'method'; readonly methods: readonly string[] }
  /** Its path matches, and it answers on other hosts. */
  | { readonly kind: 'host'; readonly expected: string; readonly got: string | undefined }
  /** Its path matches, and it answers only requests that offer a WebSocket. */
  | { readonly kind: 'websocket' }
  /** Its path matches another form of the path, with other slashes; `instead` says why that is no reason for a redirect. */
  | {
      readonly kind: 'slash'
      readonly path: string
      readonly instead?:
        | { readonly kind: 'off' }
        | Extract<Failure, { readonly kind: 'method' | 'websocket' }>
    }
  /** Its path matches, and it is there only to build URLs. */
  | { readonly kind: 'build-only' }
  /** It matches, and `unknownHost` answers all requests for a host that no pattern matches. */
  | { readonly kind: 'unknown-host' }
  /** It matches, and the request is redirected all the same: to the canonical URL, or from a fallback to the form with other slashes. */
  | { readonly kind: 'redirect' }
  /** It matches, and a more specific rule answers. */
  | { readonly kind: 'later' }

/** A sentence; `matched` is the part of the path before the place where it failed. */
export function formatFailure(failure: Failure, matched: string): string {
  const place = matched === '' ? '' : `after ${quote(matched)}: `
  switch (failure.kind) {
    case 'segment':
      return `${place}expected ${quote(failure.expected)}, got ${quote(failure.got)}`
    case 'converter':
      return `${place}${failure.converter} refused ${quote(failure.text)} for ${failure.parameter}`
    case 'encoding':
      return `${quote(failure.text)} for ${failure.parameter} is no valid percent-encoding of UTF-8`
    case 'end':
      return `${place}the path ends, expected ${quote(failure.expected)}`
    case 'rest':
      return `${place}the path goes on with ${quote(failure.got)}`
    case 'method':
      return `answers ${failure.methods.join(', ')}`
    case 'host':
      return `answers on ${failure.expected}, not on ${failure.got === undefined ? 'a request without a host' : quote(failure.got)}`
    case 'websocket':
      return 'answers only requests that offer a WebSocket'
    case 'slash':
      return `is for ${quotePath(failure.path)}, which differs in its slashes${formatInstead(failure.instead)}`
    case 'build-only':
      return 'never answers, is there to build URLs'
    case 'unknown-host':
      return 'matches, but unknownHost answers, since no host pattern matches'
    case 'redirect':
      return 'matches, but the request is redirected'
    case 'later':
      return 'matches too, but is less specific'
  }
}

/** A path below a mount in quotes; what is left of the path of the mount is empty. */
export function quotePath(path: string): string {
  return path === '' ? 'the mount itself' : quote(path)
}

function formatInstead(instead: Extract<Failure, { kind: 'slash' }>['instead']): string {
  if (instead === undefined) return ''
  return instead.kind === 'off' ? ', and does not redirect' : `, and ${formatFailure(instead, '')}`
}
