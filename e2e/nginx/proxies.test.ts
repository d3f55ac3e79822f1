import { readFile } from 'node:fs/promises'
import type { ServeOptions } from '@stapel/core/node'
import type { ProxyFixOptions } from '@stapel/middleware'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { CLIENT } from './client.ts'
import { makeNginxFolder, type NginxFolder, nginx, skipped, testInstalled } from './nginx.ts'
import { see, seeOverWebSocket, serveSeen, spoofed } from './seen.ts'

testInstalled()

/** A folder and an application, both gone at the end of the test. */
async function setUp(
  options: ProxyFixOptions,
  listen?: (folder: NginxFolder) => ServeOptions,
): Promise<{ folder: NginxFolder; app: number }> {
  const folder = await makeNginxFolder()
  onTestFinished(() => folder.remove())
  const running = await serveSeen(options, listen?.(folder))
  onTestFinished(() => running.close({ timeout: 0 }))
  return { folder, app: running.port }
}

/** What the first proxy of a chain sets. */
const first = `
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Port $server_port;
  proxy_set_header X-Forwarded-Prefix '';
  proxy_set_header Forwarded '';`

/** What a proxy adds that keeps what it got, as most are configured. */
const appending = `
  proxy_set_header Host app.internal;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto "$http_x_forwarded_proto, $scheme";
  proxy_set_header X-Forwarded-Host "$http_x_forwarded_host, $http_host";
  proxy_set_header X-Forwarded-Port "$http_x_forwarded_port, $server_port";
  proxy_set_header X-Forwarded-Prefix "$http_x_forwarded_prefix, ";
  proxy_set_header Forwarded '';`

const all = { for: 1, proto: 1, host: 1, port: 1, prefix: 1 } as const
const walking = {
  peers: ['127.0.0.1'],
  host: 'peers',
  port: 'peers',
  prefix: 'peers',
} as const

describe.skipIf(nginx === undefined)(`one nginx${skipped}`, () => {
  async function start(options: ProxyFixOptions, headers = first): Promise<number> {
    const { folder, app } = await setUp(options)
    const port = await freePort()
    await folder.start(`server {
  listen 127.0.0.1:${port};
  location / { proxy_pass http://127.0.0.1:${app}; ${headers} }
}`)
    return port
  }

  test.each([
    ['by count', all],
    ['by peers', walking],
    ['by both', { ...all, peers: ['loopback'] }],
  ])('tells address, scheme, host and port, %s', async (_how, options) => {
    const port = await start(options)
    expect(await see(port, { path: '/a%2Fb?c=d', headers: ['Host', `example.org:${port}`] })).toMatchObject({
      address: CLIENT,
      scheme: 'http',
      host: `example.org:${port}`,
      scriptName: '',
      pathInfo: '/a%2Fb',
      url: `http://example.org:${port}/a%2Fb?c=d`,
      left: [],
      before: { REMOTE_ADDR: '127.0.0.1', HTTP_X_FORWARDED_FOR: CLIENT },
    })
  })

  test.each([
    ['sets, by count', first, all],
    ['sets, by peers', first, walking],
    ['appends to, by count', appending, all],
    ['appends to, by peers', appending, walking],
  ])('lets nothing through that a client writes into headers that it %s', async (_how, headers, options) => {
    const port = await start(options, headers)
    const seen = await see(port, { path: '/x', headers: ['Host', `example.org:${port}`, ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', scriptName: '', left: [] })
    expect(seen.url).toBe(`http://example.org:${port}/x`)
  })

  test('is not believed when it is none of the peers', async () => {
    const port = await start({ ...all, peers: ['10.0.0.0/8'] })
    expect(await see(port, { headers: ['Host', 'example.org'] })).toMatchObject({
      address: '127.0.0.1',
      host: 'example.org',
      left: [],
    })
  })

  test('is what tells, not a client that reaches the application past it', async () => {
    const { app } = await setUp(walking)
    const seen = await see(app, { headers: ['Host', 'example.org', ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', scriptName: '', left: [] })
    expect(seen.url).toBe('http://example.org/')
  })

  test('tells the same in Forwarded', async () => {
    const { folder, app } = await setUp({ headers: 'forwarded', peers: ['127.0.0.1'], host: 1 })
    const port = await freePort()
    await folder.start(`
map $remote_addr $forwarded_for {
  ~^[0-9.]+$ $remote_addr;
  default    '"[$remote_addr]"';
}
server {
  listen 127.0.0.1:${port};
  proxy_set_header Host app.internal;
  proxy_set_header Forwarded 'for=$forwarded_for;host="$http_host";proto=$scheme';
  location / { proxy_pass http://127.0.0.1:${app}; }
}`)
    const seen = await see(port, { headers: ['Host', `example.org:${port}`, ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', host: `example.org:${port}`, left: [] })
  })
})

describe.skipIf(nginx === undefined)(`two nginx in a chain${skipped}`, () => {
  /** The ports of both. */
  async function start(
    options: ProxyFixOptions,
    locations: { outer: string; inner: string } = { outer: first, inner: appending },
  ): Promise<{ outer: number; inner: number }> {
    const { folder, app } = await setUp(options)
    const [outer, inner] = [await freePort(), await freePort()]
    await folder.start(`server {
  listen 127.0.0.1:${inner};
  ${locationsOf(locations.inner, app)}
}`)
    await folder.start(`server {
  listen 127.0.0.1:${outer};
  ${locationsOf(locations.outer, inner)}
}`)
    return { outer, inner }
  }

  function locationsOf(text: string, next: number): string {
    return text.includes('location')
      ? text.replaceAll('NEXT', `http://127.0.0.1:${next}`)
      : `location / { proxy_pass http://127.0.0.1:${next}; ${text} }`
  }

  test.each([
    ['by count', { for: 2, proto: 2, host: 2, port: 2, prefix: 2 }],
    ['by peers', walking],
  ])('tells address, scheme, host and port, %s, whatever the client writes', async (_how, options) => {
    const { outer } = await start(options)
    const seen = await see(outer, { path: '/x?y', headers: ['Host', `example.org:${outer}`, ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', scriptName: '', left: [] })
    expect(seen.url).toBe(`http://example.org:${outer}/x?y`)
    expect(seen.before.HTTP_X_FORWARDED_FOR).toBe(`${CLIENT}, 127.0.0.1`)
  })

  test('does not believe a client that comes in at the second, by peers', async () => {
    const { inner } = await start(walking)
    const seen = await see(inner, { path: '/x', headers: ['Host', `example.org:${inner}`, ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', scriptName: '' })
    expect(seen.url).toBe(`http://example.org:${inner}/x`)
  })

  test('is walked past where the second hands on all but the address', async () => {
    const { outer } = await start(
      { peers: ['127.0.0.1'], host: 'peers' },
      {
        outer: first,
        inner: `
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header Host $http_host;`,
      },
    )
    const seen = await see(outer, { headers: ['Host', `example.org:${outer}`, ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', host: `example.org:${outer}` })
  })

  test.each([
    ['by count', { ...all, for: 2, proto: 2, host: 2, port: 2, prefix: 2 }],
    ['by peers', walking],
  ])('tells the prefixes that both have stripped, %s', async (_how, options) => {
    const withPrefix = (headers: string, prefix: string, value: string): string =>
      `location ${prefix}/ { proxy_pass NEXT/; ${headers.replace(/(X-Forwarded-Prefix) [^;]+/, `$1 ${value}`)} }`
    const { outer } = await start(options, {
      outer: withPrefix(first, '/outer', '/outer'),
      inner: withPrefix(appending, '/inner', '"$http_x_forwarded_prefix, /inner"'),
    })
    const seen = await see(outer, {
      path: '/outer/inner/page?y',
      headers: ['Host', `example.org:${outer}`, ...spoofed],
    })
    expect(seen).toMatchObject({ scriptName: '/outer/inner', pathInfo: '/page' })
    expect(seen.url).toBe(`http://example.org:${outer}/outer/inner/page?y`)
  })
})

describe.skipIf(nginx === undefined)(`a prefix that nginx strips${skipped}`, () => {
  test('is put before the mount', async () => {
    const { folder, app } = await setUp({ peers: ['loopback'], host: 1, prefix: 1 })
    const port = await freePort()
    await folder.start(`server {
  listen 127.0.0.1:${port};
  location /app/ {
    proxy_pass http://127.0.0.1:${app}/;
    ${first.replace("Prefix ''", 'Prefix /app')}
  }
}`)
    const seen = await see(port, { path: '/app/a/b?c', headers: ['Host', 'example.org', ...spoofed] })
    expect(seen).toMatchObject({ scriptName: '/app', pathInfo: '/a/b', url: 'http://example.org/app/a/b?c' })
  })

  test('leaves escapes as they are where it is cut off the request target', async () => {
    const { folder, app } = await setUp({ peers: ['loopback'], host: 1, prefix: 1 })
    const port = await freePort()
    await folder.start(`
map $request_uri $stripped { ~^/app(?<rest>/.*)$ $rest; }
server {
  listen 127.0.0.1:${port};
  location /app/ {
    proxy_pass http://127.0.0.1:${app}$stripped;
    ${first.replace("Prefix ''", 'Prefix /app/')}
  }
}`)
    const seen = await see(port, { path: '/app/a%2fb/%61?c', headers: ['Host', 'example.org'] })
    expect(seen).toMatchObject({ scriptName: '/app', pathInfo: '/a%2Fb/a' })
    expect(seen.url).toBe('http://example.org/app/a%2Fb/a?c')
  })
})

describe.skipIf(nginx === undefined)(`nginx with TLS${skipped}`, () => {
  test('tells that it was https, and its port', async () => {
    const { folder, app } = await setUp({ peers: ['loopback'], host: 1, port: 1 })
    const port = await freePort()
    const { cert, certFile, keyFile } = await folder.makeCertificate()
    await folder.start(`server {
  listen 127.0.0.1:${port} ssl;
  ssl_certificate ${certFile};
  ssl_certificate_key ${keyFile};
  location / {
    proxy_pass http://127.0.0.1:${app};
    ${first.replace('Forwarded-Host $http_host', 'Forwarded-Host $host')}
  }
}`)
    const seen = await see(port, {
      ca: cert,
      path: '/x',
      headers: ['Host', 'example.org', ...spoofed, 'X-Forwarded-Proto', 'http'],
    })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'https', host: `example.org:${port}` })
    expect(seen.url).toBe(`https://example.org:${port}/x`)
  })

  test('serves as docs/serving.md says', async () => {
    const { folder, app } = await setUp({ peers: ['loopback', 'unix'] })
    const port = await freePort()
    const { cert, certFile, keyFile } = await folder.makeCertificate()
    const page = await readFile(new URL('../../docs/serving.md', import.meta.url), 'utf8')
    const block = /```nginx\n(.*?)```/s.exec(page)?.[1] ?? ''
    await folder.start(
      block
        .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
        .replace('127.0.0.1:8000', `127.0.0.1:${app}`)
        .replace('/etc/ssl/example.org.pem', certFile)
        .replace('/etc/ssl/example.org.key', keyFile),
    )
    const seen = await see(port, { ca: cert, path: '/x', headers: ['Host', 'example.org', ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'https', scriptName: '' })
    expect(seen.url).toBe('https://example.org/x')
    expect(Object.keys(seen.before).sort()).toEqual([
      'HTTP_X_FORWARDED_FOR',
      'HTTP_X_FORWARDED_PROTO',
      'REMOTE_ADDR',
      'REMOTE_PORT',
      'wsgi.url_scheme',
    ])
    const webSocket = await seeOverWebSocket(port, {
      ca: cert,
      path: '/x',
      headers: ['Host', 'example.org', ...spoofed],
    })
    expect(webSocket).toMatchObject({
      address: CLIENT,
      scheme: 'https',
      url: 'https://example.org/x',
      left: [],
    })
  })
})

describe.skipIf(nginx === undefined)(`nginx over a unix socket${skipped}`, () => {
  test('tells who the client is, where the connection has no address', async () => {
    const { folder } = await setUp({ peers: ['unix'] }, ({ path }) => ({ path: path('app.sock') }))
    const port = await freePort()
    await folder.start(`server {
  listen 127.0.0.1:${port};
  location / { proxy_pass http://unix:${folder.path('app.sock')}; ${first} }
}`)
    const seen = await see(port, { headers: ['Host', 'example.org', ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', host: 'example.org', left: [] })
    expect(seen.before).not.toHaveProperty('REMOTE_ADDR')
  })

  test('is walked past when another one is behind it', async () => {
    const { folder } = await setUp({ peers: ['unix'], proto: 'peers' }, ({ path }) => ({
      path: path('app.sock'),
    }))
    const port = await freePort()
    await folder.start(`server {
  listen unix:${folder.path('inner.sock')};
  location / { proxy_pass http://unix:${folder.path('app.sock')}; ${appending} }
}`)
    await folder.start(`server {
  listen 127.0.0.1:${port};
  location / { proxy_pass http://unix:${folder.path('inner.sock')}; ${first} }
}`)
    const seen = await see(port, { headers: ['Host', 'example.org', ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http' })
    expect(seen.before.HTTP_X_FORWARDED_FOR).toBe(`${CLIENT}, unix:`)
  })
})
