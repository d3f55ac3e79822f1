import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { type BannerOptions, formatBanner, NETWORK_LIMIT, networkUrls } from './banner.ts'
import { plain } from './terminal.ts'

const options: BannerOptions = {
  palette: plain,
  target: 'app.ts:app',
  url: 'http://127.0.0.1:8000/',
  reload: true,
  exposed: false,
  network: [],
  ms: 312.4,
  keys: false,
}

test('the start says what is served, where, since when, and how to stop', () => {
  expect(formatBanner(options)).toEqual([
    'Stapel serves app.ts:app at http://127.0.0.1:8000/ (reload on, ready in 312 ms)',
    'Press Ctrl+C to stop',
  ])
})

test('an application that could not be started is not said to be ready', () => {
  expect(formatBanner({ ...options, ms: undefined })[0]).toBe(
    'Stapel serves app.ts:app at http://127.0.0.1:8000/ (reload on)',
  )
})

test('keys are told of where they are listened to', () => {
  expect(formatBanner({ ...options, keys: true, reload: false })).toEqual([
    'Stapel serves app.ts:app at http://127.0.0.1:8000/ (reload off, ready in 312 ms)',
    'Press ? for the keys, Ctrl+C to stop',
  ])
})

// robustness.md D6
test('a server that other machines can reach says where, and warns', () => {
  const network = ['http://192.0.2.7:8000/']
  expect(formatBanner({ ...options, exposed: true, network }).slice(1, 3)).toEqual([
    'Network: http://192.0.2.7:8000/',
    'Other machines can reach it, and see source code when something fails.',
  ])
})

test('a target cannot leave its line', () => {
  expect(formatBanner({ ...options, target: 'a\n\x1b[2J.ts' })[0]).toContain('a\\x0a\\x1b[2J.ts')
})

const address = (text: string, more: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo =>
  ({ address: text, family: 'IPv4', internal: false, ...more }) as NetworkInterfaceInfo
const interfaces = {
  lo: [address('127.0.0.1', { internal: true })],
  eth0: [
    address('192.0.2.7'),
    address('2001:db8::7', { family: 'IPv6', scopeid: 0 }),
    address('fe80::1', { family: 'IPv6', scopeid: 2 }),
  ],
}

test('a server on every address is found at those of the network', () => {
  expect(networkUrls('http://127.0.0.1:8000/', '0.0.0.0', interfaces)).toEqual(['http://192.0.2.7:8000/'])
  expect(networkUrls('https://[::1]:8443/', '::', interfaces)).toEqual([
    'https://192.0.2.7:8443/',
    'https://[2001:db8::7]:8443/',
  ])
})

test('a server on one address is found there alone', () => {
  expect(networkUrls('http://127.0.0.1:8000/', '127.0.0.1', interfaces)).toEqual([])
  expect(networkUrls('http://192.0.2.7:8000/', '192.0.2.7', interfaces)).toEqual([])
  expect(networkUrls('unix:/tmp/x', 'localhost', interfaces)).toEqual([])
})

test('of very many addresses the first are told', () => {
  const many = { eth0: Array.from({ length: 100 }, (_, i) => address(`192.0.2.${i}`)) }
  expect(networkUrls('http://127.0.0.1:8000/', '0.0.0.0', many)).toHaveLength(NETWORK_LIMIT)
})
