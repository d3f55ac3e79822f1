/**
 * The request target (RFC 9112 section 3.2) taken apart: origin form, absolute form and, for OPTIONS, the asterisk form.
 *
 * The threat: targets that a proxy and an application read differently. The path is brought to its one normal form here; a target of another
 * form, a path that climbs above the root or holds a NUL, and a malformed authority are answered 400.
 *
 * @module
 */
import { parseHost } from '../http/host.ts'
import { isNormalPath, normalizePath } from '../http/path.ts'
import { percentEncodeByte } from '../http/percent-encode.ts'
import { BadHost, BadRequest } from '../http-errors.ts'

/** A target taken apart. */
export interface Target {
  /** In normal form; `''` for the asterisk form. */
  readonly path: string
  readonly query: string
  /** The authority of an absolute-form target, which replaces Host (RFC 9112 section 3.2.2). */
  readonly authority: string | undefined
}

/** Takes a request target apart; throws {@link BadRequest} for one that is not allowed. */
export function parseTarget(target: string, method: string): Target {
  if (target.charCodeAt(0) === SLASH) return parseOrigin(target, undefined)
  if (target === '*' && method === 'OPTIONS') return { path: '', query: '', authority: undefined }
  const absolute = /^https?:\/\/([^/?#]*)/i.exec(target)
  if (absolute === null) throw new BadRequest('The request target is neither a path nor an http URL.')
  const authority = absolute[1] as string
  if (parseHost(authority) === undefined)
    throw new BadHost('The authority of the request target is malformed.')
  const rest = target.slice(absolute[0].length)
  // RFC 9112 section 3.2.4: OPTIONS of an absolute form without path and query is the asterisk form.
  if (rest === '' && method === 'OPTIONS') return { path: '', query: '', authority }
  return parseOrigin(rest.startsWith('/') ? rest : `/${rest}`, authority)
}

const SLASH = 47

function parseOrigin(target: string, authority: string | undefined): Target {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark + 1)
  return {
    path: isNormalPath(path) ? path : normalOrRefused(path),
    query: query !== '' && irregularInQuery.test(query) ? encodeBytes(query) : query,
    authority,
  }
}

function normalOrRefused(path: string): string {
  const normal = normalizePath(encodeBytes(path))
  if (normal === undefined) throw new BadRequest('The path climbs above the root or holds a NUL.')
  return normal
}

const irregularInQuery = /[^\x21-\x7e]/

/** Node gives the bytes of a target as latin-1; those beyond ASCII are encoded as the bytes they are. */
function encodeBytes(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, (character) => percentEncodeByte(character.charCodeAt(0)))
}
