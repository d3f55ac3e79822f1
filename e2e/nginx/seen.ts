import { type Application, type Environ, stack, validate } from '@stapel/core'
import { type RunningServer, type ServeOptions, serve } from '@stapel/core/node'
import { type ProxyFixOptions, proxyFix } from '@stapel/middleware'
import { Request } from '@stapel/wrappers'
import { type Sent, send } from './client.ts'

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

const tell: Application = (environ: Environ, startResponse) => {
  const left = Object.keys(environ).filter((key) => key.startsWith('HTTP_') && key.includes('FORWARDED'))
  const seen: Seen = {
    address: environ.REMOTE_ADDR ?? null,
    scheme: environ['wsgi.url_scheme'],
    host: environ.HTTP_HOST ?? '',
    scriptName: environ.SCRIPT_NAME,
    pathInfo: environ.PATH_INFO,
    url: new Request(environ).url,
    left,
    before: { ...environ['stapel.proxy_fix.orig'] } as Seen['before'],
  }
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(seen)
}
