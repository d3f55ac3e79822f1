import { networkInterfaces } from 'node:os'
import type { ProxyFixOptions } from '@stapel/middleware'
import { describe, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { CLIENT } from './client.ts'
import { nginx, skipped, testInstalled } from './nginx.ts'
import { see, spoofed } from './seen.ts'
import { appending, documented, first, setUp } from './set-up.ts'

testInstalled()

const hasIPv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
)

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

  test.skipIf(!hasIPv6)('tells the address of a client that comes over IPv6', async () => {
    const { folder, app } = await setUp({ peers: ['127.0.0.1'], host: 1 })
    const port = await freePort()
    await folder.start(`server {
  listen [::1]:${port};
  location / { proxy_pass http://127.0.0.1:${app}; ${first} }
}`)
    const seen = await see(port, { from: '::1', headers: ['Host', `[::1]:${port}`, ...spoofed] })
    expect(seen).toMatchObject({ address: '::1', host: `[::1]:${port}`, url: `http://[::1]:${port}/` })
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

  test('tells the same in Forwarded, as docs/serving.md says', async () => {
    const { folder, app } = await setUp({ headers: 'forwarded', peers: ['127.0.0.1'], host: 1 })
    const port = await freePort()
    const [maps, header] = (await documented(1)).split('# In the server block')
    await folder.start(`${maps}
server {
  listen 127.0.0.1:${port};
  proxy_set_header Host app.internal;
  #${header}
  location / { proxy_pass http://127.0.0.1:${app}; }
}`)
    const seen = await see(port, { headers: ['Host', `example.org:${port}`, ...spoofed] })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', host: `example.org:${port}`, left: [] })
    // nginx hands on such a Host as it is, quotes and all.
    for (const host of ['a",for=203.0.113.9;x="', 'a";for=203.0.113.9;x="', 'a\\', 'a,for=203.0.113.9']) {
      expect(await see(port, { headers: ['Host', host] })).toMatchObject({
        address: CLIENT,
        host: 'app.internal',
      })
    }
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
    ['by count', { for: 2, proto: 2, host: 2 }],
    ['by peers', { peers: ['127.0.0.1'], host: 'peers' }],
  ] as const)('tells the same in Forwarded, %s', async (_how, options) => {
    const { outer, inner } = await start(
      { headers: 'forwarded', ...options },
      {
        outer: `
  proxy_set_header Host $http_host;
  proxy_set_header Forwarded 'for=$remote_addr;host="$http_host";proto=$scheme';`,
        inner: `
  proxy_set_header Host app.internal;
  proxy_set_header Forwarded '$http_forwarded, for="$remote_addr:$remote_port";host="inner.internal";proto=$scheme';`,
      },
    )
    const headers = ['Host', `example.org:${outer}`, ...spoofed]
    const seen = await see(outer, { headers })
    expect(seen).toMatchObject({ address: CLIENT, scheme: 'http', host: `example.org:${outer}`, left: [] })
    // The header of this client is malformed, and with what nginx appends to it so is the whole.
    expect(await see(inner, { headers })).toMatchObject({ address: '127.0.0.1', host: 'app.internal' })
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
