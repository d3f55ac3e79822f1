import { type Application, type Environ, stack, validate } from '@stapel/core'
import { type RunningServer, type ServeOptions, serve } from '@stapel/core/node'
import { type ProxyFixOptions, proxyFix } from '@stapel/middleware'
import { Request } from '@stapel/wrappers'
import { type Sent, send, upgrade } from './client.ts'

/** What an application behind `proxyFix` sees of a request. */
export interface Seen {
  readonly address: string | null
  readonly scheme: string
  readonly host: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly url: string
  /** The keys of environ that are left of forwarding headers. */
  readonly left: readonly string[]
  /** What was there before. */
  readonly before: Readonly<Record<string, string | null>>
}

/** Serves an application that tells what it sees. */
export function serveSeen(
  options: ProxyFixOptions,
  listen: ServeOptions = { port: 0 },
): Promise<RunningServer> {
  return serve(validate(stack(tell, proxyFix(options))), listen)
}

/** What the application behind a port sees of a request. */
export async function see(port: number, sent?: Sent): Promise<Seen> {
  const { line, body } = await send(port, sent)
  if (!line.endsWith(' 200 OK')) throw new Error(`Got ${line}: ${body}`)
  return JSON.parse(body.toString()) as Seen
}

/** What it sees of a request for a WebSocket over TLS. */
export async function seeOverWebSocket(port: number, sent: Sent): Promise<Seen> {
  const key = ['Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA==']
  const headers = [...(sent.headers ?? []), 'Connection', 'Upgrade', 'Upgrade', 'websocket', ...key]
  const bytes = await upgrade(port, { ...sent, headers })
  // RFC 6455 section 5.2: a whole text, unmasked, whose length is in the two bytes after a 126.
  if (bytes[0] !== 0x81 || bytes[1] !== 126) throw new Error(`Got the frame ${bytes.toString('latin1')}`)
  return JSON.parse(bytes.subarray(4, 4 + bytes.readUInt16BE(2)).toString()) as Seen
}

/** Everything that a client may try. */
export const spoofed: readonly string[] = [
  ['X-Forwarded-For', '203.0.113.9, 127.0.0.1'],
  ['X-Forwarded-Proto', 'https, https'],
  ['X-Forwarded-Host', 'evil.example, evil.example'],
  ['X-Forwarded-Port', '666, 666'],
  ['X-Forwarded-Prefix', '/evil, /evil'],
  ['X_Forwarded_For', '203.0.113.9'],
  ['Forwarded', 'for=203.0.113.9;proto=https;host=evil.example, for="[::1]'],
].flat()

/** Over a WebSocket it tells so there. */
const tell: Application = async (environ, startResponse) => {
  const upgrade = environ['wsgi.websocket']
  if (upgrade !== undefined) {
    const socket = await upgrade.accept()
    await socket.send(JSON.stringify(seenOf(environ)))
    startResponse('204 No Content', [])
    return ''
  }
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(seenOf(environ))
}

function seenOf(environ: Environ): Seen {
  const left = Object.keys(environ).filter((key) => key.startsWith('HTTP_') && key.includes('FORWARDED'))
  return {
    address: environ.REMOTE_ADDR ?? null,
    scheme: environ['wsgi.url_scheme'],
    host: environ.HTTP_HOST ?? '',
    scriptName: environ.SCRIPT_NAME,
    pathInfo: environ.PATH_INFO,
    url: new Request(environ).url,
    left,
    before: { ...environ['stapel.proxy_fix.orig'] } as Seen['before'],
  }
}
