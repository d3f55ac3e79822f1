/**
 * What credentials and challenges have in common: a scheme, then one token or a list of parameters (RFC 9110 section 11).
 *
 * The threat: credentials that a proxy reads otherwise than the application, as with a parameter that stands twice or a quote that never
 * closes. What breaks the grammar is no credentials at all. Each text is passed over once.
 *
 * @module
 */
import { isToken } from './field.ts'
import { splitList } from './list.ts'
import { PARAMETER_LIMIT, type Parameter } from './parameters.ts'
import { readQuoted, skipSpace, trimSpace } from './scan.ts'
import { formatWord, quote } from './word.ts'

/** The parameters of credentials or a challenge, to be formatted: a record, a Map or a list; what is `undefined` is left out. */
export type AuthParameters =
  | Iterable<readonly [name: string, value: string | undefined]>
  | Readonly<Record<string, string | undefined>>

/** The scheme in lower case and where what follows it begins; `undefined` when no token stands at the start. */
export function readScheme(text: string): { scheme: string; end: number } | undefined {
  const name = /^[^\t ]*/.exec(text)?.[0] ?? ''
  return isToken(name) ? { scheme: name.toLowerCase(), end: skipSpace(text, name.length) } : undefined
}

/**
 * Whether a text is a token of credentials: of letters, digits and `-._~+/` with `=` at its end (token68), or of what else a token may hold,
 * and `:`, which some issuers of bearer tokens use.
 */
export function isCredentialToken(text: string): boolean {
  return credentialToken.test(text)
}

/**
 * A parameter, its name in lower case; `undefined` when it is malformed. A value without quotes may hold all that is visible but quotes and
 * commas: some schemes (`AWS4-HMAC-SHA256`) leave them out.
 */
export function parseAuthParameter(text: string): Parameter | undefined {
  const equals = text.indexOf('=')
  const name = trimSpace(text, 0, Math.max(0, equals))
  const value = parseValue(text, skipSpace(text, equals + 1))
  return !isToken(name) || value === undefined ? undefined : [name.toLowerCase(), value]
}

/** The parameters by name; `undefined` when one is malformed or stands twice, or there are more than {@link PARAMETER_LIMIT}. */
export function parseAuthParameters(text: string): Map<string, string> | undefined {
  const members = splitList(text, PARAMETER_LIMIT + 1)
  if (members.length > PARAMETER_LIMIT) return undefined
  const parameters = new Map<string, string>()
  for (const member of members) {
    const parameter = parseAuthParameter(member)
    if (parameter === undefined || parameters.has(parameter[0])) return undefined
    parameters.set(...parameter)
  }
  return parameters
}

/**
 * `Scheme token`, `Scheme name="value", name="value"` or `Scheme`. All values are quoted but those of `bare`, which some recipients only know
 * without quotes. Throws a RangeError for what no header can hold, a parameter that is named twice, and a token beside parameters.
 */
export function formatAuth(
  scheme: string,
  token: string | undefined,
  parameters: AuthParameters | undefined,
  bare: ReadonlySet<string>,
): string {
  if (!isToken(scheme)) {
    throw new RangeError(`Got the scheme ${JSON.stringify(scheme)}; expected a token, as in 'Bearer'.`)
  }
  const members = formatAuthParameters(parameters ?? [], bare)
  const name = schemes.get(scheme.toLowerCase()) ?? scheme
  if (token === undefined) return members.length === 0 ? name : `${name} ${members.join(', ')}`
  // Not shown: it may be a secret.
  if (!isCredentialToken(token)) {
    throw new RangeError(
      `Got a token of ${token.length} characters for ${name}; expected letters, digits and marks without spaces, quotes and commas, with = at its end only.`,
    )
  }
  if (members.length > 0)
    throw new RangeError(`Got a token and parameters for ${name}; expected one of them.`)
  return `${name} ${token}`
}

function parseValue(text: string, start: number): string | undefined {
  if (text.charAt(start) !== '"') return bareValue.test(text.slice(start)) ? text.slice(start) : undefined
  const quoted = readQuoted(text, start)
  return quoted?.end === text.length ? quoted.text : undefined
}

function formatAuthParameters(parameters: AuthParameters, bare: ReadonlySet<string>): string[] {
  const members: string[] = []
  const seen = new Set<string>()
  for (const [name, value] of Symbol.iterator in parameters ? parameters : Object.entries(parameters)) {
    if (value === undefined) continue
    const lower = name.toLowerCase()
    if (!isToken(name) || seen.has(lower)) {
      throw new RangeError(`Got the parameter ${JSON.stringify(name)}; expected a token, and each once.`)
    }
    seen.add(lower)
    members.push(`${name}=${bare.has(lower) || lower.endsWith('*') ? formatWord(value) : quote(value)}`)
  }
  return members
}

const credentialToken = /^[A-Za-z0-9!#$%&'*+\-.^_`|~/:]+=*$/
const bareValue = /^[\x21\x23-\x2b\x2d-\x7e]+$/

/** How the schemes are spelled in the registry; names are compared without regard to case, but not by everyone. */
const schemes: ReadonlyMap<string, string> = new Map(
  [
    'Basic',
    'Bearer',
    'Digest',
    'DPoP',
    'HOBA',
    'Mutual',
    'Negotiate',
    'NTLM',
    'SCRAM-SHA-1',
    'SCRAM-SHA-256',
  ].map((name) => [name.toLowerCase(), name]),
)
