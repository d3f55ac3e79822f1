import { isFieldValue, isToken } from '../http/field.ts'
import type { HeaderList } from '../protocol.ts'

/** The head of an informational answer (RFC 9110 section 15.2), as Node writes it to a socket. */
export interface InformationalHead {
  readonly code: number
  readonly headers: HeaderList
}

/**
 * Takes apart what Node wrote, such as `'HTTP/1.1 103 Early Hints\r\nLink: …\r\n\r\n'`.
 *
 * Node 20 lets the values of early hints hold line breaks: what follows an empty line is no part of the head, and a field that may not be sent is left out.
 */
export function parseInformationalHead(text: string): InformationalHead {
  const [line = '', ...fields] = text.split('\r\n')
  const headers: HeaderList = []
  for (const field of fields) {
    if (field === '') break
    const colon = field.indexOf(':')
    const name = field.slice(0, Math.max(colon, 0))
    const value = field.slice(colon + 1).trim()
    if (isToken(name) && isFieldValue(value)) headers.push([name, value])
  }
  return { code: Number(line.slice(9, 12)), headers }
}
