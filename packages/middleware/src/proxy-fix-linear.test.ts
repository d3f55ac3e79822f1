import type { Environ } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type ProxyFixOptions, proxyFix } from './proxy-fix.ts'
import { createPeerCheck } from './proxy-fix-peers.ts'

/** Milliseconds of the processor, which others on the machine do not use. */
function cost(read: () => unknown): number {
  const start = process.cpuUsage()
  read()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Whether reading a long text takes time in proportion to its length. */
function isLinear(read: (text: string) => unknown, unit: string, start = '1'): boolean {
  const [small, large] = [`${start}${unit.repeat(25_000)}\0`, `${start}${unit.repeat(100_000)}\0`]
  for (let attempt = 0; attempt < 6; attempt++) {
    const time = cost(() => read(large))
    // The square would take seconds; four times the work is in proportion, sixteen times is the square.
    if (time < 20 || time < cost(() => read(small)) * 9) return true
  }
  return false
}

describe('takes time in proportion to the text of an address (robustness.md L1)', () => {
  const units = ['%', ':', '.', '0', 'f', '::', '1.', ' ', '\n', '/', '[', 'a%']

  test('of a peer that connects', () => {
    const slow = units.filter((unit) => !isLinear((text) => createPeerCheck(['loopback'])(text), unit))
    expect(slow).toEqual([])
  })

  test('of a network among the peers', () => {
    const refused = (text: string) => {
      for (const peer of [text, `10.0.0.0/${text}`, `${text}/8`]) {
        expect(() => createPeerCheck([peer])).toThrow(TypeError)
      }
    }
    const slow = units.filter((unit) => !isLinear(refused, unit))
    expect(slow).toEqual([])
  })
})

describe('takes time in proportion to the headers (robustness.md L1)', () => {
  const units = [
    ',',
    ' ',
    '"',
    '\\',
    '\\"',
    ';',
    '=',
    'for=',
    'for=1,',
    '10.0.0.1,',
    '::,',
    '[',
    ']',
    ':',
    '/',
    '/.',
    '%2e/',
    '/..',
    'unix:,',
    '"a",',
    '. ',
  ]

  function reader(options: ProxyFixOptions, keys: readonly string[]): (text: string) => void {
    const app = proxyFix(options)((_environ, startResponse) => {
      startResponse('200 OK', [])
      return ''
    })
    return (text) => {
      const environ: Environ = createEnviron('/', { environ: { REMOTE_ADDR: '10.0.0.1' } })
      for (const key of keys) (environ as unknown as Record<string, string>)[key] = text
      app(environ, () => () => {})
    }
  }

  const xKeys = ['FOR', 'PROTO', 'HOST', 'PORT', 'PREFIX'].map((name) => `HTTP_X_FORWARDED_${name}`)
  const walks = { host: 'peers', port: 'peers', prefix: 'peers' } as const
  const counts = { for: 100, proto: 100, host: 100, port: 100, prefix: 100 } as const

  test.each([
    ['X-Forwarded-*, counted', counts, xKeys],
    ['X-Forwarded-*, of one proxy', { host: 1, port: 1, prefix: 1 } as const, xKeys],
    ['X-Forwarded-*, walked', { ...walks, peers: ['0.0.0.0/0', '::/0', 'unix'] }, xKeys],
    ['Forwarded, counted', { headers: 'forwarded', for: 100 } as const, ['HTTP_FORWARDED']],
    ['Forwarded, walked', { headers: 'forwarded', peers: ['0.0.0.0/0'] } as const, ['HTTP_FORWARDED']],
  ])('%s', (_what, options, keys) => {
    const read = reader(options, keys)
    const slow = units.filter((unit) => !isLinear(read, unit) || !isLinear(read, unit, '/'))
    expect(slow).toEqual([])
  })
})
