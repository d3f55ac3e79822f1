import { sendRaw } from '../support/raw.ts'

/** An answer as it came over the wire; each line of the head ends with CR LF. */
export interface RawAnswer {
  readonly head: string
  readonly body: string
}

/** Asks for a path below `url`; `headers` are lines that end with CR LF. */
export async function raw(
  url: string,
  method: string,
  path: string,
  headers = '',
  body = '',
): Promise<RawAnswer> {
  const { host, pathname } = new URL(url)
  const target = `${pathname === '/' ? '' : pathname}${path}`
  const answer = await sendRaw(
    url,
    `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n${body}`,
  )
  const end = answer.indexOf('\r\n\r\n')
  return { head: answer.slice(0, end + 2), body: answer.slice(end + 4) }
}

/** The content of an answer that may be in chunked coding. */
export function decoded({ head, body }: RawAnswer): string {
  if (!/^transfer-encoding: *chunked\r$/im.test(head)) return body
  let content = ''
  for (let rest = body; ; ) {
    const line = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.slice(0, line), 16)
    if (!(size > 0)) return content
    content += rest.slice(line + 2, line + 2 + size)
    rest = rest.slice(line + 4 + size)
  }
}
