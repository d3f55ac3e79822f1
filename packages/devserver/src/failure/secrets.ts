/**
 * What is hidden wherever requests are shown: pages and terminals end up in screenshots, reports and talks.
 *
 * The threat: a session or a key that whoever sees the page can use. Hidden are the values of headers, variables and query parameters whose
 * names say that they are secret. What is not stopped: a secret under another name, in a path, or in a message.
 *
 * @module
 */

/** Names of what is secret: `Cookie`, `X-Api-Key`, `csrf_token`. */
export const secretName: RegExp =
  /cookie|authori[sz]ation|passw|passphrase|secret|token|credential|session|signature|api[-_]?key|private[-_]?key|access[-_]?key|^(?:auth|key|sid|jwt|pwd)$/i

/** What stands in place of a secret. */
export const HIDDEN = '(hidden)'

/** The value of a header or a variable, or what stands in its place. */
export function maskValue(name: string, value: string): string {
  return secretName.test(name.replace(/^HTTP_/, '')) ? HIDDEN : value
}

/** A query or a request target with the values of secret parameters hidden. */
export function maskQuery(text: string): string {
  const start = text.indexOf('?') + 1
  const pairs = text.slice(start).split('&')
  const masked = pairs.map((pair) => {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, equals))
    // `code` is what an OAuth server sends back; elsewhere it is a plain word.
    return name !== '' && (name === 'code' || secretName.test(name)) ? `${name}=${HIDDEN}` : pair
  })
  return text.slice(0, start) + masked.join('&')
}
