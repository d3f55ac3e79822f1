import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as zlib from 'node:zlib'
import { type Application, stack, validate } from '@stapel/core'
import { type ServeOptions, serve } from '@stapel/core/node'
import {
  accessLog,
  bodyLimit,
  breaker,
  type CodingName,
  compress,
  cors,
  csrf,
  decompress,
  defaultContentSecurityPolicy,
  etag,
  health,
  proxyFix,
  requestId,
  securityHeaders,
  staticFiles,
  timeout,
  trustedHosts,
  unavailable,
} from '@stapel/middleware'

/** What the access log says of a request. */
export interface Line {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly protocol: string
  readonly status?: number
  readonly outcome: 'complete' | 'disconnected' | 'failed'
  readonly 'request.range'?: string
  readonly 'request.if-none-match'?: string
  readonly 'answer.content-encoding'?: string
}

/** What `compress` has on this version of Node, the one it likes best first. Chromium takes all, over TLS and from localhost. */
export const codings: readonly CodingName[] = [
  ...('createZstdCompress' in zlib ? (['zstd'] as const) : []),
  'br',
  'gzip',
  'deflate',
]

/** What Chromium gets. */
export const coding: CodingName = codings[0] as CodingName

/** A site that serves. */
export interface Site {
  /** `http://localhost:8000`, without a slash at the end. */
  readonly origin: string
  /** What was logged of a path, in the order in which answers ended. */
  lines(path: string): readonly Line[]
  /** Forgets what was logged. */
  forget(): void
  /** How many connections there were. */
  connections(): number
  /** How many bytes were written to all of them. */
  bytesWritten(): number
  /** What was logged of errors. */
  errors(): string
  /** Adds a file. */
  write(name: string, content: Buffer): Promise<void>
  close(): Promise<void>
}

export interface SiteOptions {
  /** Files below `/static`, which are asked for each time, below `/assets`, whose names change with their content, and below `/listed`, which is listed. */
  files?: Readonly<Record<string, string | Buffer>>
  /** The origins whose pages may read and send. @default one that there is not */
  allowed?: readonly string[]
  /** How it is served. */
  serve?: Pick<ServeOptions, 'tls' | 'http2'>
}

/** Serves pages with every layer around them, in the order of docs/middleware.md, each of which is validated by itself. */
export async function startSite(pages: Application, options: SiteOptions = {}): Promise<Site> {
  const folder = await makeFolder(options.files ?? {})
  const { allowed = ['https://app.example'] } = options
  const log: Line[] = []
  const layers = [
    proxyFix({ peers: ['loopback'] }),
    requestId(),
    accessLog((line) => void log.push(JSON.parse(line) as Line), { format: 'json', fields }),
    health('/healthz'),
    trustedHosts(['localhost', '127.0.0.1']),
    securityHeaders({
      nonce: true,
      contentSecurityPolicy: { ...defaultContentSecurityPolicy, reportUri: ['/violations'] },
    }),
    cors(allowed, { credentials: true, exposeHeaders: ['X-Request-Id'], maxAge: 600 }),
    unavailable({ contact: 'webmaster@example.org' }),
    compress(),
    breaker(),
    timeout(10_000),
    bodyLimit(1_048_576),
    decompress(),
    csrf({ origins: allowed }),
    staticFiles({ '/listed': join(folder, 'listed') }, { listing: true }),
    staticFiles(
      { '/': folder },
      {
        index: false,
        cacheControl: [['/assets/**', { maxAge: 31_536_000, immutable: true }]],
        precompressed: ['br', 'gzip'],
      },
    ),
    etag(),
  ]
  const app = stack(validate(pages), ...layers.flatMap((layer) => [validate, layer]))
  let logged = ''
  const errors = {
    write(text: string): void {
      logged += text
    },
    flush() {},
  }
  const running = await serve(app, { ...options.serve, port: 0, host: '127.0.0.1', errors })
  const sockets: Socket[] = []
  running.server.on('connection', (socket: Socket) => void sockets.push(socket))
  return {
    origin: `${running.url.startsWith('https:') ? 'https' : 'http'}://localhost:${running.port}`,
    lines: (path) => log.filter((line) => line.path === path),
    forget: () => void log.splice(0),
    connections: () => sockets.length,
    errors: () => logged,
    bytesWritten: () => sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0),
    write: (name, content) => writeFile(join(folder, name), content),
    async close() {
      await running.close({ timeout: 0 })
      await rm(folder, { recursive: true })
    },
  }
}

const fields = [
  'id',
  'method',
  'path',
  'protocol',
  'status',
  'outcome',
  'request.range',
  'request.if-none-match',
  'answer.content-encoding',
] as const

/** A page, as text. */
export function html(head: string, body = ''): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">${head}<body>${body}</body></html>`
}

async function makeFolder(files: NonNullable<SiteOptions['files']>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-site-'))
  for (const name of ['static', 'assets', 'listed']) await mkdir(join(folder, name))
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}
