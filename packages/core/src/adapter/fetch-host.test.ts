import { Client, createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { FetchHost } from './fetch-host.ts'
import { fromFetch } from './from-fetch.ts'

/** The host of a request whose environ has these keys. */
function hostOf(address: string | undefined, port?: string): FetchHost {
  const environ = createEnviron('/')
  delete environ.REMOTE_ADDR
  delete environ.REMOTE_PORT
  if (address !== undefined) environ.REMOTE_ADDR = address
  if (port !== undefined) environ.REMOTE_PORT = port
  return new FetchHost(environ)
}

test('the address of the peer is where the handlers of Deno, Bun and Hono look for it', () => {
  const host = hostOf('192.0.2.1', '7')
  expect(host.remoteAddr).toEqual({ transport: 'tcp', hostname: '192.0.2.1', port: 7 })
  expect(host.requestIP()).toEqual({ address: '192.0.2.1', family: 'IPv4', port: 7 })
  expect(host.incoming.socket).toEqual({
    remoteAddress: '192.0.2.1',
    remotePort: 7,
    remoteFamily: 'IPv4',
  })
})

test('an IPv6 address is told as one', () => {
  const host = hostOf('2001:db8::1', '7')
  expect(host.requestIP()?.family).toBe('IPv6')
  expect(host.incoming.socket.remoteFamily).toBe('IPv6')
})

test('a proxy that tells the address has no port to tell', () => {
  const host = hostOf('192.0.2.1')
  expect(host.requestIP()).toEqual({ address: '192.0.2.1', family: 'IPv4', port: 0 })
  expect(host.incoming.socket.remotePort).toBeUndefined()
})

test('on a unix socket there is no peer', () => {
  const host = hostOf(undefined)
  expect(host.requestIP()).toBeNull()
  expect(host.remoteAddr).toEqual({ transport: 'tcp', hostname: '', port: 0 })
  expect(host.incoming.socket).toEqual({
    remoteAddress: undefined,
    remotePort: undefined,
    remoteFamily: undefined,
  })
})

test('a handler gets it with environ, as the layers outside left that', async () => {
  let host: FetchHost | undefined
  const app = fromFetch((_request: Request, given: FetchHost) => {
    host = given
    return new Response('ok')
  })
  await new Client(app).get('/', { environ: { REMOTE_ADDR: '192.0.2.1', REMOTE_PORT: '7' } })
  expect(host?.environ.REMOTE_ADDR).toBe('192.0.2.1')
  expect(host?.requestIP()?.address).toBe('192.0.2.1')
})
