/**
 * `WWW-Authenticate` and `Proxy-Authenticate`: the ways of authentication that a server offers (RFC 9110 section 11.6.1).
 *
 * @module
 */
import {
  type AuthParameters,
  formatAuth,
  isCredentialToken,
  parseAuthParameter,
  readScheme,
} from './credentials.ts'
import { joinMembers } from './join-members.ts'
import { LIST_LIMIT, splitList } from './list.ts'
import { PARAMETER_LIMIT } from './parameters.ts'
import { skipSpace } from './scan.ts'

/** A way of authentication that a server offers. */
export interface Challenge {
  /** In lower case, as in `'basic'`. */
  readonly scheme: string
  /** What follows the scheme where that is one token, as with Negotiate. */
  readonly token?: string | undefined
  /** Names in lower case, values without quotes: `realm` and others. */
  readonly parameters: ReadonlyMap<string, string>
}

/** What {@link formatChallenge} takes. */
export interface ChallengeInit {
  /** As in `'Basic'`; the schemes of the registry are written as they are spelled there. */
  readonly scheme: 'Basic' | 'Bearer' | 'Digest' | (string & {})
  /** What follows the scheme where that is one token; not together with `parameters`. */
  readonly token?: string | undefined
  /** Names and values, which are quoted where they need it. */
  readonly parameters?: AuthParameters | undefined
}

/**
 * The challenges of a `WWW-Authenticate` in their order. A challenge is left out when it is malformed, names a parameter twice or has more
 * than 100, or stands where the list is cut: it is read up to `LIST_LIMIT` members.
 *
 * @example
 * ```ts
 * import { parseChallenges } from '@stapel/core/http'
 *
 * parseChallenges('Negotiate, Basic realm="Staff"').map(({ scheme }) => scheme) // ['negotiate', 'basic']
 * ```
 */
export function parseChallenges(header: string): Challenge[] {
  const members = splitList(header, LIST_LIMIT + 1)
  const drafts: Draft[] = []
  for (const member of members) {
    const draft = drafts.at(-1)
    if (isParameter(member)) {
      if (draft !== undefined) addParameter(draft, member)
    } else drafts.push(startChallenge(member))
  }
  if (members.length > LIST_LIMIT) drafts.pop()
  return drafts
    .filter((draft) => !draft.malformed)
    .map(({ scheme, token, parameters }) =>
      token === undefined ? { scheme, parameters } : { scheme, token, parameters },
    )
}

/**
 * One challenge. Values are quoted but those which RFC 7616 has without quotes. Throws a RangeError for what no header can hold.
 *
 * @example
 * ```ts
 * import { formatChallenge } from '@stapel/core/http'
 *
 * formatChallenge({ scheme: 'Basic', parameters: { realm: 'Staff', charset: 'UTF-8' } })
 * // 'Basic realm="Staff", charset="UTF-8"'
 * ```
 */
export function formatChallenge({ scheme, token, parameters }: ChallengeInit): string {
  return formatAuth(scheme, token, parameters, bare)
}

/**
 * Several challenges as one value. Some clients only understand one challenge a header: send a `WWW-Authenticate` for each where they are
 * many. Throws what {@link formatChallenge} throws.
 */
export function formatChallenges(challenges: Iterable<ChallengeInit>): string {
  return joinMembers(challenges, formatChallenge)
}

interface Draft {
  readonly scheme: string
  readonly token: string | undefined
  readonly parameters: Map<string, string>
  malformed: boolean
}

// A member is a parameter when an equals sign follows its first word; a scheme is followed by a space or nothing.
function isParameter(member: string): boolean {
  const word = /^[^\t =]*/.exec(member)?.[0].length ?? 0
  return member.charAt(skipSpace(member, word)) === '='
}

function startChallenge(member: string): Draft {
  const { scheme, end } = readScheme(member) ?? { scheme: '', end: 0 }
  const rest = member.slice(end)
  const token = isCredentialToken(rest) ? rest : undefined
  const draft: Draft = { scheme, token, parameters: new Map(), malformed: scheme === '' }
  if (rest !== '' && token === undefined) addParameter(draft, rest)
  return draft
}

function addParameter(draft: Draft, member: string): void {
  const parameter = parseAuthParameter(member)
  const { token, parameters } = draft
  if (
    parameter === undefined ||
    token !== undefined ||
    parameters.has(parameter[0]) ||
    parameters.size === PARAMETER_LIMIT
  )
    draft.malformed = true
  else parameters.set(...parameter)
}

// RFC 7616 section 3.3 has these without quotes.
const bare: ReadonlySet<string> = new Set(['algorithm', 'stale', 'userhash'])
