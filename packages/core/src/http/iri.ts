/**
 * Addresses with text beyond ASCII (IRIs, RFC 3987), for people and logs, and as URIs (RFC 3986), for the wire.
 *
 * The threat: text that is decoded for show and means something else when it is used again, or that writes what it likes on the line it is
 * shown in. Only whole characters beyond ASCII are decoded, never a delimiter, a control, white space or a sign without a shape (such as those
 * that turn the direction of writing); what is no UTF-8 stays as it is. A name whose Punycode is not that of its own text stays, too. What is not
 * stopped: letters of other scripts that look alike. Decide by the URI, never by what is shown.
 *
 * @module
 */
import { decodePunycode } from './punycode.ts'
import { urlHostname } from './url-hostname.ts'

/**
 * A URI, or a part of one after its scheme, as an IRI: escapes of UTF-8 become the characters they stand for, names in Punycode their
 * text. Takes any text and gives one; `toUri` of that is the same URI, but for the case of hex digits and hosts.
 *
 * @example
 * ```ts
 * import { toIri, toUri } from '@stapel/core/http'
 *
 * toIri('https://xn--bcher-kva.example/%C3%BCber%20uns?q=%2F') // 'https://bücher.example/über%20uns?q=%2F'
 * toUri('https://bücher.example/über uns') // 'https://xn--bcher-kva.example/%C3%BCber%20uns'
 * ```
 */
export function toIri(uri: string): string {
  const { before, host, after } = splitHost(uri)
  return decodeText(before) + (hostToUnicode(host) ?? host) + decodeText(after)
}

/**
 * An IRI, or a part of one, as a URI in ASCII: a name beyond ASCII becomes Punycode, every other character that no URI may hold its escapes;
 * a `%` that begins no escape stays for whoever reads it. Takes any text and gives one; of a URI it gives the same one.
 */
export function toUri(iri: string): string {
  const { before, host, after } = splitHost(iri)
  return encodeText(before) + (hostToAscii(host) ?? encodeText(host)) + encodeText(after)
}

/** The host of an authority (RFC 3986 section 3.2), without user information and port; `''` where there is none. */
function splitHost(text: string): { before: string; host: string; after: string } {
  const start = authority.exec(text)?.[0].length
  if (start === undefined) return { before: '', host: '', after: text }
  const length = text.slice(start).search(/[/?#]/)
  const end = length === -1 ? text.length : start + length
  const from = Math.max(start, text.lastIndexOf('@', end - 1) + 1)
  const host = text.slice(from, end).replace(port, '')
  return { before: text.slice(0, from), host, after: text.slice(from + host.length) }
}

const authority = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\//
const port = /:[0-9]*$/

function decodeText(text: string): string {
  return text.replace(escapedCharacter, (escaped) => {
    let character: string
    try {
      character = decodeURIComponent(escaped)
    } catch {
      // Overlong, or half of a surrogate pair.
      return escaped
    }
    return unseen.test(character) ? escaped : character
  })
}

// Escapes that may be one character of UTF-8 beyond ASCII (RFC 3629 section 4); the decoder looks at the rest.
const escapedCharacter =
  /%(?:c[2-9a-f]|d[0-9a-f])%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-4](?:%[89ab][0-9a-f]){3}/gi
// RFC 3987 sections 2.2 and 4.1: what is not assigned, for private use, a control, or turns or joins what is around it.
const unseen = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u

function encodeText(text: string): string {
  return text.replace(notInUri, (part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')))
}

// RFC 3986 section 2; square brackets stay, as queries are full of them.
const notInUri = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/g

/** `undefined` for a host that is ASCII already, and for one that no name can be. */
function hostToAscii(host: string): string | undefined {
  return name.test(host) && beyondAscii.test(host) ? urlHostname(host) : undefined
}

/** `undefined` for a host without Punycode, and for one of which the text would be another name. */
function hostToUnicode(host: string): string | undefined {
  if (!/^xn--|\.xn--/i.test(host) || !name.test(host)) return undefined
  const labels = host.toLowerCase().split('.')
  const unicode = labels
    .map((label) => (label.startsWith('xn--') ? decodePunycode(label.slice(4)) : label) ?? '')
    .join('.')
  return !unseen.test(unicode) && urlHostname(unicode) === labels.join('.') ? unicode : undefined
}

// What a URL would take for a delimiter, or decode.
const name = /^[A-Za-z0-9\-._~\x80-\u{10ffff}]{1,255}$/u
const beyondAscii = /[^\0-\x7f]/
