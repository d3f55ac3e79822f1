import { expect, test } from 'vitest'
import { urlHostname } from './url-hostname.ts'

test.each([
  ['example.org', 'example.org'],
  ['EXAMPLE.org', 'example.org'],
  ['b\u00fccher.example', 'xn--bcher-kva.example'],
  ['B\u00dcCHER.example', 'xn--bcher-kva.example'],
  ['\u65e5\u672c.example', 'xn--wgv71a.example'],
  ['', undefined],
  ['a b', undefined],
  ['\u00fc b', undefined],
])('%j is %j', (host, ascii) => {
  expect(urlHostname(host)).toBe(ascii)
})

test('a host is the same however often it is asked for', () => {
  for (let i = 0; i < 20_000; i++) urlHostname(`b\u00fccher${i % 10}.example`)
  expect(urlHostname('b\u00fccher.example')).toBe('xn--bcher-kva.example')
  expect(urlHostname('\u00fc')).toBe('xn--tda')
})
