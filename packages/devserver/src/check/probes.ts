import type { OutlineNode } from '@stapel/core'
import { type Answered, type Asked, Asker, leave } from './ask.ts'
import { pathsOf } from './made-up-path.ts'

/** What a probe may use. */
export interface ProbeContext {
  readonly port: number
  readonly asker: Asker
  /** What `GET /` was answered, when that was asked. */
  home: Answered | undefined
  /** Notes what is wrong with an answer by HTTP's own rules. */
  wrong(message: string): void
}

/** One thing that clients do. */
export interface Probe {
  readonly name: string
  /** Gives the status, where there is one to tell. */
  run(context: ProbeContext): Promise<number | undefined>
}

/** So many bytes make a large body, which no connection takes at once. */
const LARGE_BODY = 1024 * 1024

/** Everything that is asked of an application; `outline` tells its rules. */
export function probesFor(outline: OutlineNode): Probe[] {
  return [
    home,
    head,
    asking('GET a path that nobody has', { path: '/stapel-check/no-such-path' }),
    asking('PROPFIND /', { method: 'PROPFIND', path: '/' }),
    asking('OPTIONS *', { method: 'OPTIONS', path: '*' }),
    asking('POST / without a body', { method: 'POST', path: '/', body: new Uint8Array() }),
    asking('POST / with a small form', {
      method: 'POST',
      path: '/',
      headers: FORM,
      body: Buffer.from('a=1&b=2'),
    }),
    asking('POST / with JSON that is none', {
      method: 'POST',
      path: '/',
      headers: JSON_TYPE,
      body: Buffer.from('{"a":'),
    }),
    asking('POST / with a large body', {
      method: 'POST',
      path: '/',
      headers: BYTES,
      body: Buffer.alloc(LARGE_BODY, 'x'),
    }),
    asking('GET / on the same connection after that', { path: '/' }),
    unmodified,
    range,
    ...['//', '/a%2Fb', '/%zz', '/%ff', '/a//b/', '/..%2F..%2Fetc', '/?a=%zz&&=&b'].map((path) =>
      asking(`GET ${path}`, { path }),
    ),
    asking('GET a path of 4,000 characters', { path: `/${'a'.repeat(4000)}` }),
    asking('GET / with 200 cookies', { path: '/', headers: { Cookie: COOKIES } }),
    asking('GET / for HTML', { path: '/', headers: { Accept: 'text/html', 'Accept-Encoding': 'gzip, br' } }),
    leaving('a client that leaves before the answer', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    leaving(
      'a client that leaves within its body',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nbegun',
    ),
    together,
    ...pathsOf(outline)
      .filter((path) => path !== '/')
      .map((path) => asking(`GET ${path}`, { path })),
  ]
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'Content-Type': 'application/json' }
const BYTES = { 'Content-Type': 'application/octet-stream' }
const COOKIES = Array.from({ length: 200 }, (_, index) => `c${index}=v`).join('; ')

function asking(name: string, asked: Asked): Probe {
  return { name, run: async (context) => statusOf(await context.asker.ask(asked), context) }
}

function leaving(name: string, text: string): Probe {
  return {
    name,
    run: async ({ port, asker }) => {
      await leave(port, text)
      // It has been noticed when another client is answered.
      await asker.ask({ path: '/' })
      return undefined
    },
  }
}

const home: Probe = {
  name: 'GET /',
  run: async (context) => {
    context.home = await context.asker.ask({ path: '/' })
    return statusOf(context.home, context)
  },
}

const head: Probe = {
  name: 'HEAD /',
  run: async (context) => {
    const answer = await context.asker.ask({ method: 'HEAD', path: '/' })
    const { home } = context
    // A refusal may depend on more than the method; what GET has, HEAD has.
    if (home !== undefined && home.status < 300 && answer.status !== home.status)
      context.wrong(`HEAD is answered ${answer.status} and GET ${home.status} (RFC 9110 section 9.3.2).`)
    const lengths = [home?.headers['content-length'], answer.headers['content-length']]
    if (
      home !== undefined &&
      home.status === answer.status &&
      lengths.every((length) => length !== undefined)
    ) {
      if (lengths[0] !== lengths[1])
        context.wrong(
          `Content-Length is ${lengths[1]} for HEAD and ${lengths[0]} for GET (RFC 9110 section 9.3.2).`,
        )
    }
    return statusOf(answer, context)
  },
}

const unmodified: Probe = {
  name: 'GET / when it is unmodified',
  run: async (context) => {
    const { etag, 'last-modified': modified } = context.home?.headers ?? {}
    if (context.home?.status !== 200 || (etag === undefined && modified === undefined)) return undefined
    const headers = etag === undefined ? { 'If-Modified-Since': `${modified}` } : { 'If-None-Match': etag }
    const answer = await context.asker.ask({ path: '/', headers })
    if (
      answer.status === 200 &&
      (answer.headers.etag ?? answer.headers['last-modified']) === (etag ?? modified)
    )
      context.wrong('It is sent whole though the client has it: 304 was due (RFC 9110 section 13.2.2).')
    return statusOf(answer, context)
  },
}

const range: Probe = {
  name: 'GET / in part',
  run: async (context) => {
    const { home } = context
    if (home?.status !== 200 || home.headers['accept-ranges'] !== 'bytes' || home.size < 2) return undefined
    const answer = await context.asker.ask({ path: '/', headers: { Range: 'bytes=1-1' } })
    if (answer.status === 206) {
      const part = `bytes 1-1/${home.size}`
      if (answer.headers['content-range'] !== part || answer.start.compare(home.start, 1, 2) !== 0)
        context.wrong(
          `Its second byte was asked, and Content-Range is ${answer.headers['content-range']}; expected ${part}.`,
        )
    }
    return statusOf(answer, context)
  },
}

/** So often two requests are made at once. */
const ROUNDS = 8

/** Two that overlap must be answered as they are alone: what an application keeps of a request outside of it shows here. */
const together: Probe = {
  name: 'two requests at once',
  run: async (context) => {
    const clients = ['/?stapel-check=1', '/stapel-check/no-such-path'].map((path) => ({
      path,
      asker: new Asker(context.port),
    }))
    try {
      // One after the other first: the connections are then open, and the requests that follow leave together.
      const alone: Answered[] = []
      for (const { asker, path } of clients) alone.push(await asker.ask({ path }))
      for (let round = 0; round < ROUNDS; round++) {
        const both = await Promise.all(clients.map(({ asker, path }) => asker.ask({ path })))
        for (const [index, answer] of both.entries()) {
          const before = alone[index] as Answered
          if (
            answer.status === before.status &&
            answer.headers['content-type'] === before.headers['content-type']
          )
            continue
          context.wrong(
            `${clients[index]?.path} is answered ${answer.status} beside another request, and ${before.status} alone: something of a request is kept outside of it.`,
          )
          return undefined
        }
      }
    } finally {
      for (const { asker } of clients) asker.close()
    }
    return undefined
  },
}

/** The status of an answer; what is wrong with any answer of this status is noted. */
function statusOf({ status, headers, size }: Answered, context: ProbeContext): number {
  if (status === 405 && headers.allow === undefined)
    context.wrong('405 names no methods: Allow is missing (RFC 9110 section 15.5.6).')
  if (status === 401 && headers['www-authenticate'] === undefined)
    context.wrong('401 asks for nothing: WWW-Authenticate is missing (RFC 9110 section 15.5.2).')
  if ([301, 302, 303, 307, 308].includes(status) && headers.location === undefined)
    context.wrong(`${status} leads nowhere: Location is missing (RFC 9110 section 15.4).`)
  if ((status === 204 || status === 304) && size > 0) context.wrong(`${status} has a body (protocol 4.4).`)
  return status
}
