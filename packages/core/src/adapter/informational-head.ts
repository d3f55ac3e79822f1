import type { HeaderList } from '../protocol.ts'

/** The head of an informational answer (RFC 9110 section 15.2), as Node writes it to a socket. */
export interface InformationalHead {
  readonly code: number
  readonly headers: HeaderList
}

/** Takes apart what Node wrote, such as `'HTTP/1.1 103 Early Hints\r\nLink: …\r\n\r\n'`. */
export function parseInformationalHead(text: string): InformationalHead {
  const [line = '', ...fields] = text.split('\r\n')
  const headers: HeaderList = []
  for (const field of fields) {
    const colon = field.indexOf(':')
    if (colon > 0) headers.push([field.slice(0, colon), field.slice(colon + 1).trim()])
  }
  return { code: Number(line.slice(9, 12)), headers }
}
