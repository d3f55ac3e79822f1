import type { Application, HeaderList, Status } from '@stapel/core'
import { validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { combineRefusals, type Refused, refuse } from './refuse.ts'

const none = { status: 404, allow: [] } as const

describe('combineRefusals', () => {
  test.each([
    ['nothing', [], none],
    ['404s', [none, none], none],
    ['a path that cannot be decoded', [{ status: 400, allow: [] }, none], { status: 400, allow: [] }],
    [
      'methods here and there',
      [none, { status: 405, allow: ['GET', 'OPTIONS'] }, { status: 405, allow: ['OPTIONS', 'DELETE'] }],
      { status: 405, allow: ['DELETE', 'GET', 'OPTIONS'] },
    ],
    [
      'methods and a path that cannot be decoded',
      [
        { status: 400, allow: [] },
        { status: 405, allow: ['GET'] },
      ],
      { status: 405, allow: ['GET'] },
    ],
    ['OPTIONS', [none, { status: 204, allow: ['OPTIONS'] }], { status: 204, allow: ['OPTIONS'] }],
  ] as const)('of %s', (_title, refusals, combined) => {
    expect(combineRefusals(refusals)).toEqual({ rule: undefined, ...combined })
  })
})

describe('refuse', () => {
  async function answerTo(refused: Omit<Refused, 'rule'>): Promise<unknown> {
    const app: Application = (environ, startResponse) => {
      const explain = (): never => {
        throw new Error('explained outside of development')
      }
      return refuse({ rule: undefined, ...refused }, explain, environ, startResponse)
    }
    const { status, headers } = await new Client(validate(app)).get('/')
    return { status, allow: headers.get('allow') }
  }

  test.each([
    [
      { status: 404, allow: [] },
      { status: 404, allow: null },
    ],
    [
      { status: 400, allow: [] },
      { status: 400, allow: null },
    ],
    [
      { status: 400, allow: [], needsWebSocket: true },
      { status: 400, allow: null },
    ],
    [
      { status: 405, allow: ['GET', 'OPTIONS'] },
      { status: 405, allow: 'GET, OPTIONS' },
    ],
    [
      { status: 204, allow: ['OPTIONS'] },
      { status: 204, allow: 'OPTIONS' },
    ],
  ] as const)('%j', async (refused, expected) => {
    expect(await answerTo(refused)).toEqual(expected)
  })

  test('says to a client what a WebSocket needs', () => {
    const sent: [Status, HeaderList][] = []
    const environ = { HTTP_ACCEPT: 'text/plain' } as never
    const body = refuse(
      { rule: undefined, status: 400, allow: [], needsWebSocket: true },
      () => ({}) as never,
      environ,
      (status, headers) => {
        sent.push([status, headers])
        return () => {}
      },
    )
    expect(sent[0]?.[0]).toBe('400 Bad Request')
    expect(String(body)).toContain('ws:// or wss://')
    expect(sent[0]?.[1].map(([name]) => name)).not.toContain('Upgrade')
  })
})
