import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, NotFound, stack, validate } from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { compress, proxyFix, staticFiles } from '@stapel/middleware'

/** A server with an answer of every kind. */
export interface ServedAnswers {
  readonly port: number
  /** Where it listens as well. */
  readonly socket: string
  /** Lets the event stream give its next event. */
  nextEvent(): void
  /** Settles when an event stream has been given up. */
  readonly gone: Promise<void>
  close(): Promise<void>
}

/** A large body in which no part is like another. */
export const large: Buffer = Buffer.from(
  Uint32Array.from({ length: 1_500_000 }, (_, index) => Math.imul(index, 2_654_435_761)).buffer,
)

const HOUR_AGO = Date.now() / 1000 - 3600

export async function serveAnswers(): Promise<ServedAnswers> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-answers-'))
  await writeFile(join(folder, 'small.txt'), 'The quick brown fox jumps over the lazy dog.\n')
  await writeFile(join(folder, 'large.bin'), large)
  // The entity tag of a file that was written just now is weak, and strong a moment later.
  for (const name of ['small.txt', 'large.bin']) await utimes(join(folder, name), HOUR_AGO, HOUR_AGO)
  let next: () => void = () => {}
  let leave: () => void = () => {}
  const gone = new Promise<void>((resolve) => {
    leave = resolve
  })
  const stacked = validate(
    stack(
      application(
        (resolve) => {
          next = resolve
        },
        () => leave(),
      ),
      proxyFix({ peers: ['loopback', 'unix'] }),
      compress(),
      staticFiles({ '/files': folder }, { maxAge: 60 }),
    ),
  )
  const socket = join(folder, 'app.sock')
  const servers: RunningServer[] = [
    await serve(stacked, { port: 0, errors: { write() {}, flush() {} } }),
    await serve(stacked, { path: socket, errors: { write() {}, flush() {} } }),
  ]
  return {
    port: (servers[0] as RunningServer).port,
    socket,
    nextEvent: () => next(),
    gone,
    async close() {
      await Promise.all(servers.map((server) => server.close({ timeout: 0 })))
      await rm(folder, { recursive: true })
    },
  }
}

/** `onWait` gets what ends the wait between two events. */
function application(onWait: (resolve: () => void) => void, onGone: () => void): Application {
  const text: [string, string] = ['Content-Type', 'text/plain; charset=utf-8']
  const answers = new Map<string, Application>([
    ['/text', answer('200 OK', [text], 'gr\u00fc\u00df dich')],
    ['/list', answer('200 OK', [text], ['one ', 'two ', 'three'])],
    ['/empty', answer('200 OK', [text], '')],
    ['/none', answer('204 No Content', [['X-Reason', 'nothing']], '')],
    ['/created', answer('201 Created', [text, ['Location', '/things/1']], 'made')],
    ['/moved', answer('303 See Other', [['Location', 'https://example.org/a%2Fb?c=d#e']], '')],
    ['/unchanged', answer('304 Not Modified', [['ETag', '"a"']], '')],
    ['/teapot', answer("418 I'm a teapot", [text], 'short and stout')],
    ['/reason', answer('299 Something Else Entirely', [text], 'yes')],
    ['/large', answer('200 OK', [['Content-Type', 'application/octet-stream']], large)],
    [
      '/headers',
      answer(
        '200 OK',
        [
          ['Set-Cookie', 'a=1; Path=/'],
          ['Set-Cookie', 'b=2; HttpOnly'],
          ['X-Latin', 'gr\u00fc\u00df'],
          ['X-Empty', ''],
          ['x-lower', 'a,b'],
          ['X-Twice', 'one'],
          ['X-Twice', 'two'],
          ['Cache-Control', 'no-store'],
          ['Vary', 'Accept, X-Other'],
          ['Link', '</style.css>; rel=preload'],
          ['WWW-Authenticate', 'Basic realm="a"'],
          ['Content-Language', 'de'],
          ['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT'],
          ['Expires', 'Sun, 06 Nov 1994 08:49:37 GMT'],
          ['Accept-Ranges', 'none'],
          ['ETag', 'W/"weak"'],
          text,
        ],
        'headers',
      ),
    ],
    [
      '/missing',
      () => {
        throw new NotFound('There is no such page.')
      },
    ],
    [
      '/broken',
      () => {
        throw new Error('broken')
      },
    ],
    [
      '/stream',
      async function* (_environ, startResponse) {
        startResponse('200 OK', [text])
        for (let i = 0; i < 100; i++) yield `${i} ${'x'.repeat(i * 10)}\n`
      },
    ],
    [
      '/large-stream',
      async function* (_environ, startResponse) {
        startResponse('200 OK', [['Content-Type', 'application/octet-stream']])
        for (let at = 0; at < large.length; at += 70_000) yield large.subarray(at, at + 70_000)
      },
    ],
    [
      '/cut',
      async function* (_environ, startResponse) {
        startResponse('200 OK', [text])
        yield 'the beginning'
        throw new Error('cut')
      },
    ],
    [
      '/echo',
      async (environ, startResponse) => {
        const body = await environ['stapel.context'].read({ limit: 10_000_000 })
        startResponse('200 OK', [['Content-Type', 'application/octet-stream']])
        return body
      },
    ],
    [
      '/events',
      async function* (environ, startResponse) {
        startResponse('200 OK', [
          ['Content-Type', 'text/event-stream'],
          ...(environ.QUERY_STRING === 'told' ? ([['X-Accel-Buffering', 'no']] as [string, string][]) : []),
        ])
        const { signal } = environ['stapel.context']
        try {
          for (let i = 1; i <= 5; i++) {
            yield `data: ${i}\n\n`
            await new Promise<void>((resolve) => {
              signal.addEventListener('abort', () => resolve())
              onWait(resolve)
            })
            if (signal.aborted) return
          }
        } finally {
          if (signal.aborted) onGone()
        }
      },
    ],
  ])
  return (environ, startResponse) => {
    const found = answers.get(environ.PATH_INFO)
    if (found === undefined) throw new NotFound()
    return found(environ, startResponse)
  }
}

function answer(
  status: `${number} ${string}`,
  headers: readonly [string, string][],
  body: string | Uint8Array | string[],
): Application {
  return (_environ, startResponse) => {
    startResponse(
      status,
      headers.map(([name, value]) => [name, value]),
    )
    return body
  }
}
