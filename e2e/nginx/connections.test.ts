import { connect } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { CLIENT } from './client.ts'
import { nginx, skipped } from './nginx.ts'
import { type Seen, see, seeOverWebSocket, spoofed } from './seen.ts'
import { appending, documented, first, setUp } from './set-up.ts'

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

  /** The block of docs/serving.md, with addresses of the test; the port and the certificate. */
  async function startDocumented(): Promise<{ port: number; cert: string }> {
    const { folder, app } = await setUp({ peers: ['loopback', 'unix'] })
    const port = await freePort()
    const { cert, certFile, keyFile } = await folder.makeCertificate()
    await folder.start(
      (await documented(0))
        .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl http2`)
        .replace('127.0.0.1:8000', `127.0.0.1:${app}`)
        .replace('/etc/ssl/example.org.pem', certFile)
        .replace('/etc/ssl/example.org.key', keyFile),
    )
    return { port, cert }
  }

  const expected = {
    address: CLIENT,
    scheme: 'https',
    scriptName: '',
    url: 'https://example.org/x',
    left: [],
  }

  test('serves as docs/serving.md says', async () => {
    const { port, cert } = await startDocumented()
    const sent = { ca: cert, path: '/x', headers: ['Host', 'example.org', ...spoofed] }
    const seen = await see(port, sent)
    expect(seen).toMatchObject(expected)
    expect(Object.keys(seen.before).sort()).toEqual([
      'HTTP_X_FORWARDED_FOR',
      'HTTP_X_FORWARDED_PROTO',
      'REMOTE_ADDR',
      'REMOTE_PORT',
      'wsgi.url_scheme',
    ])
    expect(await seeOverWebSocket(port, sent)).toMatchObject(expected)
  })

  test('serves HTTP/2 as docs/serving.md says', async () => {
    const { port, cert } = await startDocumented()
    const socket = connectTcp({ port, host: '127.0.0.1', localAddress: CLIENT })
    const session = connect(`https://127.0.0.1:${port}`, {
      createConnection: () =>
        connectTls({ socket, ca: cert, servername: 'localhost', ALPNProtocols: ['h2'] }),
    })
    onTestFinished(() => session.destroy())
    const lower = Object.fromEntries(
      spoofed.flatMap((name, index) =>
        index % 2 === 0 ? [[name.toLowerCase(), spoofed[index + 1] as string]] : [],
      ),
    )
    const stream = session.request({ ...lower, ':path': '/x', ':authority': 'example.org' })
    const seen = JSON.parse(Buffer.concat(await stream.toArray()).toString()) as Seen
    expect(seen).toMatchObject(expected)
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
