import { describe, expect, test } from 'vitest'
import { NotFound } from '../http-errors.ts'
import type { Application, Body, Environ, StartResponse } from '../protocol.ts'
import { RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

const keptAlive = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

describe('nothing keeps a bad header from becoming one 500 (robustness.md H5)', () => {
  const split = (startResponse: StartResponse): Body => {
    startResponse('200 OK', [['X', 'a\r\nSet-Cookie: b']])
    return ''
  }
  const apps: Record<string, Application> = {
    'of an answer': (_environ, startResponse) => split(startResponse),
    'of an error, caught': async function* (_environ, startResponse) {
      try {
        yield ''
        throw new Error('caught')
      } catch {
        split(startResponse)
      }
    },
    'of what answers for an error': () => {
      const respond = (_environ: Environ, startResponse: StartResponse) => split(startResponse)
      throw new NotFound('No.', { response: { status: 404, respond } })
    },
    'of an error of somebody else': () => {
      const respond = (_environ: Environ, startResponse: StartResponse) => split(startResponse)
      throw Object.assign(new Error('foreign'), { status: 404, respond })
    },
    'beside an answer that throws what cannot be shown': () => {
      const respond = (): never => {
        throw Object.create(null)
      }
      throw Object.assign(new Error('foreign'), { status: 404, headers: [['X', '\n']], respond })
    },
  }

  test.each(Object.entries(apps))('%s', async (_, app) => {
    const server = await serveForTest(app, { validated: false })
    const connection = await RawConnection.open(server)
    connection.send(keptAlive)
    connection.send(get)
    const answers = await connection.untilClose()
    expect(answers.match(/^HTTP\/1\.1 .*$/gm)).toEqual(Array(2).fill('HTTP/1.1 500 Internal Server Error'))
    expect(answers).not.toContain('Set-Cookie')
    expect(server.log).toHaveLength(2)
  })

  test.each(Object.entries(apps))('%s, where the log fails, too', async (_, app) => {
    const fail = (): never => {
      throw new Error('disk full')
    }
    const server = await serveForTest(app, { validated: false, errors: { write: fail, flush: fail } })
    expect(await rawRequest(server, get)).toMatch(/^HTTP\/1\.1 500 /)
    expect(await rawRequest(server, get)).toMatch(/^HTTP\/1\.1 500 /)
  })
})
