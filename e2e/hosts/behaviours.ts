import { expect } from 'vitest'
import { openRaw, sendRaw } from '../support/raw.ts'
import type { HostName } from './hosts.ts'
import { decoded, raw } from './raw-answer.ts'

/** What the application does on every host. */
export interface Behaviour {
  readonly title: string
  /** The hosts that cannot, and why; there the check must fail. */
  readonly cannot?: Partial<Record<HostName, string>>
  /** `url` has no slash at its end. */
  check(url: string): Promise<void>
}

/** One list for all hosts. */
export const behaviours: readonly Behaviour[] = [
  {
    title: 'answers a text with its length, its type and what a layer added',
    async check(url) {
      const answer = await fetch(`${url}/`)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(answer.headers.get('content-length')).toBe('18')
      expect(answer.headers.get('x-layer')).toBe('outer')
      expect(await answer.text()).toBe('Hello, gr\u00fc\u00df dich')
    },
  },
  {
    title: 'answers a list with its length',
    async check(url) {
      const answer = await fetch(`${url}/list`)
      expect(answer.headers.get('content-length')).toBe('13')
      expect(await answer.text()).toBe('one two three')
    },
  },
  {
    title: 'answers HEAD with the headers of GET and no bytes',
    async check(url) {
      const answer = await raw(url, 'HEAD', '/list')
      expect(answer.head).toMatch(/^HTTP\/1\.1 200 /)
      expect(answer.head).toMatch(/^content-length: 13\r$/im)
      expect(answer.body).toBe('')
    },
  },
  {
    title: 'sees the path in normal form, however it is spelled',
    async check(url) {
      for (const path of ['/environ/%61%2fb//c', '/x/../environ/./a%2Fb//c', '/environ/%2e/a%2fb//c']) {
        expect((await environOf(url, path)).PATH_INFO).toBe('/environ/a%2Fb//c')
      }
    },
  },
  {
    title: 'sees the query as it was sent',
    cannot: { bun: 'it encodes apostrophes, as the URLs of fetch do' },
    async check(url) {
      expect((await environOf(url, "/environ/x?a=%31&b='c'&d")).QUERY_STRING).toBe("a=%31&b='c'&d")
    },
  },
  {
    title: 'sees the request target as it was sent',
    cannot: { bun: 'it resolves dot segments' },
    async check(url) {
      const { pathname } = new URL(url)
      const mount = pathname === '/' ? '' : pathname
      expect((await environOf(url, '/environ/%61/../b')).REQUEST_URI).toBe(`${mount}/environ/%61/../b`)
    },
  },
  {
    title: 'sees where it is mounted, its own address and the peer',
    cannot: { workerd: 'it does not tell the peer' },
    async check(url) {
      const { pathname, port, host } = new URL(url)
      expect(await environOf(url, '/environ/x')).toMatchObject({
        REQUEST_METHOD: 'GET',
        SCRIPT_NAME: pathname === '/' ? '' : pathname,
        SERVER_NAME: '127.0.0.1',
        SERVER_PORT: port,
        SERVER_PROTOCOL: 'HTTP/1.1',
        HTTP_HOST: host,
        REMOTE_ADDR: '127.0.0.1',
        'wsgi.url_scheme': 'http',
      })
    },
  },
  {
    title: 'sees repeated headers as one',
    async check(url) {
      const environ = await environOf(url, '/environ/x', 'X-Two: a\r\nX-Two: b\r\n')
      expect(environ.HTTP_X_TWO).toBe('a, b')
    },
  },
  {
    title: 'does not see a header with an underscore pose as one with a hyphen',
    cannot: { cgi: 'its variables have one name for both; lighttpd hands on the last' },
    async check(url) {
      const environ = await environOf(url, '/environ/x', 'X-Real-IP: 192.0.2.1\r\nX_Real_IP: 203.0.113.9\r\n')
      expect(environ.HTTP_X_REAL_IP).toBe('192.0.2.1')
    },
  },
  {
    title: 'sees the client that a proxy tells of',
    async check(url) {
      const forwarded = 'X-Forwarded-For: 203.0.113.9, 2001:DB8:0::7\r\nX-Forwarded-Host: www.example.org\r\n'
      expect(await environOf(url, '/proxied', `${forwarded}X-Forwarded-Proto: https\r\n`)).toMatchObject({
        REMOTE_ADDR: '2001:db8::7',
        HTTP_HOST: 'www.example.org',
        'wsgi.url_scheme': 'https',
      })
    },
  },
  {
    title: 'answers for trusted hosts only',
    async check(url) {
      const ask = (host: string): Promise<string> =>
        sendRaw(
          url,
          `GET ${new URL(url).pathname.replace(/\/$/, '')}/trusting HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        )
      expect(await ask('www.example.org')).toMatch(/^HTTP\/1\.1 200 /)
      expect(await ask('[2001:db8:0::1]:8080')).toMatch(/^HTTP\/1\.1 200 /)
      expect(await ask('evil.example')).toMatch(/^HTTP\/1\.1 400 /)
    },
  },
  {
    title: 'limits a body, of a known length and chunked, and shows a page for it',
    async check(url) {
      const post = (body: BodyInit): Promise<Response> =>
        fetch(`${url}/limited`, { method: 'POST', body, duplex: 'half' } as RequestInit)
      expect(await (await post('small')).text()).toBe('small')
      const streamed = new Blob(['x'.repeat(20)]).stream()
      for (const body of ['x'.repeat(20), streamed]) {
        const answer = await post(body)
        expect(answer.status).toBe(413)
        expect(await answer.text()).toContain('please tell the desk')
      }
    },
  },
  {
    title: 'answers for what takes too long',
    async check(url) {
      expect((await fetch(`${url}/slow`)).status).toBe(503)
    },
  },
  {
    title: 'tells whether all is well, also those who ask at the same time',
    async check(url) {
      for (const answer of await Promise.all([fetch(`${url}/health`), fetch(`${url}/health`)])) {
        expect([answer.status, await answer.json()]).toEqual([200, { status: 'pass' }])
      }
    },
  },
  {
    title: 'reads a body as a stream, of a known length and chunked',
    async check(url) {
      const known = await raw(url, 'POST', '/echo', 'Content-Length: 5\r\n', 'hello')
      expect(known.body).toContain('hello')
      const chunked = await raw(
        url,
        'POST',
        '/echo',
        'Transfer-Encoding: chunked\r\n',
        '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
      )
      expect(decoded(chunked)).toBe('hello')
    },
  },
  {
    title: 'reads a large body without losing a byte',
    async check(url) {
      const body = new Uint8Array(1_000_000).map((_, index) => index % 251)
      const answer = await fetch(`${url}/echo`, { method: 'POST', body })
      expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(body))).toBe(true)
    },
  },
  {
    title: 'reads a body whole, up to a limit',
    async check(url) {
      const read = await fetch(`${url}/read`, { method: 'POST', body: 'short' })
      expect(await read.text()).toBe('short')
      expect((await fetch(`${url}/read`, { method: 'POST', body: 'longer than sixteen' })).status).toBe(413)
    },
  },
  {
    title: 'answers though a body is not read, or in part, and goes on serving',
    async check(url) {
      for (const path of ['/unread', '/partly', '/unread', '/partly']) {
        const answer = await fetch(`${url}${path}`, { method: 'POST', body: 'x'.repeat(40_000) })
        expect(answer.status).toBe(200)
        await answer.text()
      }
    },
  },
  {
    title: 'streams what a generator gives',
    async check(url) {
      expect(await (await fetch(`${url}/stream`)).text()).toBe('one two three')
    },
  },
  {
    title: 'sends what write sends before the body',
    async check(url) {
      expect(await (await fetch(`${url}/write`)).text()).toBe('one two three')
    },
  },
  {
    title: 'replaces an answer that was not sent',
    async check(url) {
      const answer = await fetch(`${url}/replaced`)
      expect(answer.status).toBe(418)
      expect(answer.headers.get('x-old')).toBeNull()
      expect(await answer.text()).toBe('short and stout')
    },
  },
  {
    title: 'keeps every Set-Cookie',
    async check(url) {
      const answer = await fetch(`${url}/redirect`, { redirect: 'manual' })
      expect(answer.status).toBe(302)
      expect(answer.headers.get('location')).toBe('/next')
      expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/'])
    },
  },
  {
    title: 'answers 204 and 304 without content',
    async check(url) {
      const empty = await raw(url, 'GET', '/empty')
      expect(empty.head).toMatch(/^HTTP\/1\.1 204 /)
      expect(empty.head).toMatch(/^x-kept: 1\r$/im)
      expect(empty.head).not.toMatch(/^(?:content-length|transfer-encoding):/im)
      expect(empty.body).toBe('')
      const unchanged = await raw(url, 'GET', '/unchanged')
      expect(unchanged.head).toMatch(/^HTTP\/1\.1 304 /)
      expect(unchanged.head).toMatch(/^etag: "1"\r$/im)
      expect(unchanged.body).toBe('')
    },
  },
  {
    title: 'answers an HTTPError with its status, another error without its message',
    async check(url) {
      const missing = await fetch(`${url}/missing`)
      expect(missing.status).toBe(404)
      expect(await missing.text()).toContain('There is no such entry.')
      const failed = await fetch(`${url}/fail`)
      expect(failed.status).toBe(503)
      expect(await failed.text()).not.toContain('secret')
    },
  },
  {
    title: 'answers 400 to a NUL in the path',
    async check(url) {
      expect((await raw(url, 'GET', '/environ/a%00b')).head).toMatch(/^HTTP\/1\.[01] 400 /)
    },
  },
  {
    title: 'sends the length that the application gave for a stream',
    async check(url) {
      const answer = await fetch(`${url}/sized`)
      expect(answer.headers.get('content-length')).toBe('6')
      expect(await answer.text()).toBe('abcdef')
    },
  },
  {
    title: 'never lets a stream that failed look whole',
    cannot: { cgi: 'a server cannot tell the end of a script that failed from another end' },
    async check(url) {
      await expect(fetch(`${url}/fail/late`).then((answer) => answer.text())).rejects.toThrow()
    },
  },
  {
    title: 'never lets a body that is shorter than its length look whole',
    async check(url) {
      await expect(fetch(`${url}/short`).then((answer) => answer.text())).rejects.toThrow()
    },
  },
  {
    title: 'ends a stream whose client has gone',
    cannot: { cgi: 'each request has a process of its own' },
    async check(url) {
      const before = Number(await (await fetch(`${url}/disposed`)).text())
      const socket = await openRaw(url)
      const { host, pathname } = new URL(url)
      socket.write(`GET ${pathname === '/' ? '' : pathname}/endless HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      await new Promise((resolve) => socket.once('data', resolve))
      socket.destroy()
      await expect
        .poll(async () => Number(await (await fetch(`${url}/disposed`)).text()), { timeout: 5_000 })
        .toBe(before + 1)
    },
  },
]

async function environOf(url: string, path: string, headers = ''): Promise<Record<string, string>> {
  return JSON.parse(decoded(await raw(url, 'GET', path, headers))) as Record<string, string>
}
