/**
 * Every middleware by every case that clause 7 of the protocol asks for: what any of them must leave as it is, whatever else it does. What each
 * is for is in its own tests.
 */
import { constants, gunzipSync, gzipSync } from 'node:zlib'
import {
  type Application,
  type Body,
  type Chunk,
  Conflict,
  type HeaderList,
  type Middleware,
  type Status,
  stack,
  validate,
} from '@stapel/core'
import { applicationShapes, Client, type ClientOptions, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import * as exported from './index.ts'

interface Row {
  /** Made anew for each case, since a breaker and a log have a memory. */
  make(): Middleware
  /** What a request needs so that the middleware does its work and lets it through. */
  readonly headers?: Record<string, string>
  /** The status of the answer to an error that is not an HTTPError. @default 500 */
  readonly failure?: number
  /** Takes the content that it made back to that of the application. @default as it is */
  decode?(content: Uint8Array): Uint8Array
  /** Makes of a request's body what the middleware takes. @default as it is */
  encode?(content: string): string | Uint8Array
}

/** What is exported and has no application to stand around. */
const others: readonly string[] = ['BreakerOpen', 'TimedOut', 'isCompressibleType', 'packageAssets']

const rows: Readonly<Record<string, Row>> = {
  accessLog: { make: () => exported.accessLog(() => {}) },
  basicAuth: {
    make: () => exported.basicAuth({ anna: 'secret' }),
    headers: { Authorization: `Basic ${btoa('anna:secret')}` },
  },
  bodyLimit: { make: () => exported.bodyLimit(1000) },
  breaker: { make: () => exported.breaker() },
  cascade: { make: () => (app) => exported.cascade([notThere, app, never]) },
  compress: {
    make: () => exported.compress({ threshold: 0, cache: {} }),
    headers: { 'Accept-Encoding': 'gzip' },
    decode: (content) => gunzipSync(content, { finishFlush: constants.Z_SYNC_FLUSH }),
  },
  cors: {
    make: () => exported.cors(['https://app.example'], { credentials: true }),
    headers: { Origin: 'https://app.example' },
  },
  csrf: { make: () => exported.csrf(), headers: { 'Sec-Fetch-Site': 'same-origin' } },
  decompress: {
    make: () => exported.decompress(),
    headers: { 'Content-Encoding': 'gzip' },
    encode: (content) => gzipSync(content),
  },
  dispatch: { make: () => (app) => exported.dispatch({ '/mounted': app, '/mounted/else': never }) },
  errorPages: { make: () => exported.errorPages(), failure: 503 },
  etag: { make: () => exported.etag() },
  health: { make: () => exported.health('/healthz') },
  proxyFix: {
    make: () => exported.proxyFix({ peers: ['loopback'] }),
    headers: { 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' },
  },
  requestId: { make: () => exported.requestId() },
  securityHeaders: { make: () => exported.securityHeaders() },
  staticFiles: { make: () => exported.staticFiles({ '/static': new URL('.', import.meta.url) }) },
  timeout: { make: () => exported.timeout(60_000) },
  trustedHosts: { make: () => exported.trustedHosts(['localhost']) },
  unavailable: { make: () => exported.unavailable(), failure: 503 },
}

test('every middleware is a row of the table', () => {
  const functions = Object.entries(exported).filter(([, value]) => typeof value === 'function')
  const names = functions.map(([name]) => name).filter((name) => !others.includes(name))
  expect(names.sort()).toEqual(Object.keys(rows).sort())
})

describe.each(Object.entries(rows))(
  '%s',
  (_name, { make, headers = {}, failure = 500, decode, encode = asItIs }) => {
    /** A client of the middleware around an application, both of them validated. */
    function around(app: Application, options: ClientOptions = {}): Client {
      return bare(validate(app), { validate: true, ...options })
    }

    /** The same without `validate()`, which would itself throw what the gateway is to throw. */
    function bare(app: Application, options: ClientOptions = {}): Client {
      return new Client(stack(app, make()), { headers, validate: false, ...options })
    }

    function textOf(content: Uint8Array, encoded: boolean): string {
      return new TextDecoder().decode(encoded && decode ? decode(content) : content)
    }

    describe('an answer', () => {
      test.each(applicationShapes)('of $name is handed on', async (shape) => {
        const client = around(
          shape.make({
            status: '200 OK',
            headers: [
              ['Content-Type', 'text/plain; charset=utf-8'],
              ['X-Inner', 'yes'],
              ['Set-Cookie', 'a=1'],
              ['Set-Cookie', 'b=2'],
            ],
            chunks: ['one, ', 'zwölf'],
          }),
        )
        const answer = await client.get(path)
        expect(answer.status).toBe(200)
        expect(answer.headers.get('X-Inner')).toBe('yes')
        expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
        expect(textOf(answer.bytes(), answer.headers.has('Content-Encoding'))).toBe('one, zwölf')
        expect(answer.errors).toBe('')
      })

      // Clause 4.4: for HEAD a body is iterated only until startResponse has been called.
      const answeringHead = applicationShapes.filter(
        ({ name }) => !name.endsWith('with an error after an empty chunk'),
      )

      test.each(answeringHead)('of $name to HEAD has its headers and no content', async (shape) => {
        const client = around(
          shape.make({ status: '200 OK', headers: [...plain, ['X-Inner', 'yes']], chunks: ['one, ', 'two'] }),
        )
        const answer = await client.head(path)
        expect([answer.status, answer.headers.get('X-Inner')]).toEqual([200, 'yes'])
        expect(answer.bytes()).toHaveLength(0)
        expect(answer.errors).toBe('')
      })

      test.each(applicationShapes)('of $name with 204 stays one', async (shape) => {
        const client = around(
          shape.make({ status: '204 No Content', headers: [['X-Inner', 'yes']], chunks: [] }),
        )
        const answer = await client.get(path)
        expect([answer.status, answer.headers.get('X-Inner')]).toEqual([204, 'yes'])
        expect(answer.headers.has('Content-Length')).toBe(false)
        expect(answer.bytes()).toHaveLength(0)
      })

      test.each(applicationShapes)('of $name with 304 stays one, with its tag', async (shape) => {
        const client = around(
          shape.make({ status: '304 Not Modified', headers: [['ETag', 'W/"v1"']], chunks: [] }),
        )
        const answer = await client.get(path)
        expect([answer.status, answer.headers.get('ETag')]).toEqual([304, 'W/"v1"'])
        expect(answer.bytes()).toHaveLength(0)
      })

      test('that comes in steps is not held back', async () => {
        let made = 0
        const client = around(async function* (_environ, startResponse) {
          startResponse('200 OK', [['Content-Type', 'text/event-stream']])
          while (made < 100) yield `data: ${++made}\n\n`
        })
        const answer = await client.stream(path)
        const read: Uint8Array[] = []
        for await (const chunk of answer) {
          read.push(chunk)
          const text = textOf(Buffer.concat(read), answer.headers.has('Content-Encoding'))
          if (!text.endsWith('\n\n')) continue
          // Clause 4.3: at most one step of delay.
          expect(made - text.split('data:').length + 1).toBeLessThanOrEqual(1)
          if (made >= 3) break
        }
        expect(made).toBeGreaterThanOrEqual(3)
      })
    })

    describe('an error', () => {
      const early = failingShapes.filter(({ committed, given }) => given && !committed)
      const late = failingShapes.filter(({ committed }) => committed)

      test.each(early)('of an application that $name is answered and logged once', async (shape) => {
        const answer = await bare(shape.make(new Error('It failed.')), { rejectErrors: false }).get(path)
        expect(answer.status).toBe(failure)
        expect(answer.headers.has('X-Replaced')).toBe(false)
        expect(answer.text()).not.toContain('It failed.')
        expect(answer.errors.match(/Error: It failed\./g)).toHaveLength(1)
      })

      test.each(early)('that says how it is answered is: an application that $name', async (shape) => {
        const error = new Conflict('The entry was changed.', { headers: [['X-Error', 'yes']] })
        const answer = await around(shape.make(error)).get(path)
        expect([answer.status, answer.headers.get('X-Error')]).toEqual([409, 'yes'])
        expect(answer.headers.has('X-Replaced')).toBe(false)
        expect(answer.errors).toBe('')
      })

      test.each(late)('of an application that $name ends the answer', async (shape) => {
        await expect(around(shape.make(new Error('It failed.'))).get(path)).rejects.toThrow('It failed.')
      })

      test('after the first chunk lets through what was sent', async () => {
        const answer = await around(async function* (_environ, startResponse) {
          startResponse('200 OK', plain)
          yield 'first'
          throw new Error('It failed.')
        }).stream(path)
        const read: Uint8Array[] = []
        const reading = (async () => {
          for await (const chunk of answer) read.push(chunk)
        })()
        await expect(reading).rejects.toThrow('It failed.')
        expect(answer.status).toBe(200)
        expect(textOf(Buffer.concat(read), answer.headers.has('Content-Encoding'))).toBe('first')
      })
    })

    describe('startResponse', () => {
      test('called again with an error before anything was sent replaces the answer', async () => {
        const client = around((_environ, startResponse) => {
          startResponse('202 Accepted', [['X-Replaced', 'yes']])
          startResponse('200 OK', [...plain, ['X-Inner', 'yes']], new Error('replaced'))
          return 'content'
        })
        const answer = await client.get(path)
        expect([answer.status, answer.headers.get('X-Inner')]).toEqual([200, 'yes'])
        expect(answer.headers.has('X-Replaced')).toBe(false)
      })

      test('called again with an error after the first chunk throws that error', async () => {
        const error = new Error('too late')
        let thrown: unknown
        const client = bare(async function* (_environ, startResponse) {
          startResponse('200 OK', plain)
          yield 'first'
          try {
            startResponse('500 Internal Server Error', [], error)
          } catch (caught) {
            thrown = caught
            throw caught
          }
        })
        await expect(client.get(path)).rejects.toBe(error)
        expect(thrown).toBe(error)
      })

      test('called again without an error throws', async () => {
        let thrown: unknown
        const client = bare((_environ, startResponse) => {
          startResponse('200 OK', plain)
          try {
            startResponse('200 OK', plain)
          } catch (caught) {
            thrown = caught
          }
          return 'content'
        })
        await client.get(path).catch(() => {})
        expect(thrown).toBeInstanceOf(Error)
      })
    })

    describe('the body', () => {
      interface Watched {
        closed: number
        left: number
      }

      /** An application whose body counts what is done with it; it waits for ever after `chunks`. */
      function watched(
        kind: 'iterable' | 'async iterable',
        status: Status,
        chunks: Chunk[],
        state: Watched,
      ): Application {
        const head: HeaderList = status.startsWith('200') ? plain : []
        const close = () => void state.closed++
        const leave = () => {
          state.left++
          return { done: true as const, value: undefined }
        }
        return (_environ, startResponse) => {
          startResponse(
            status,
            head.map(([name, value]) => [name, value]),
          )
          const rest = chunks.values()
          const body: Body =
            kind === 'iterable'
              ? { [Symbol.iterator]: () => ({ next: () => rest.next(), return: leave }), close }
              : {
                  [Symbol.asyncIterator]: () => ({
                    next: async () => rest.next(),
                    return: async () => leave(),
                  }),
                  close,
                }
          return body
        }
      }

      const kinds = ['iterable', 'async iterable'] as const

      test.each(kinds)('of an %s is closed once at its end', async (kind) => {
        const state = { closed: 0, left: 0 }
        await around(watched(kind, '200 OK', ['one', 'two'], state)).get(path)
        expect(state).toEqual({ closed: 1, left: 0 })
      })

      test.each(kinds)('of an %s is closed once for HEAD', async (kind) => {
        const state = { closed: 0, left: 0 }
        await around(watched(kind, '200 OK', ['one', 'two'], state)).head(path)
        expect(state.closed).toBe(1)
      })

      test.each(kinds)('of an %s is closed once with 204 and 304', async (kind) => {
        const state = { closed: 0, left: 0 }
        await around(watched(kind, '204 No Content', [], state)).get(path)
        expect(state.closed).toBe(1)
        await around(watched(kind, '304 Not Modified', [], state)).get(path)
        expect(state.closed).toBe(2)
      })

      test.each(kinds)('of an %s is left and closed once when its client leaves', async (kind) => {
        const state = { closed: 0, left: 0 }
        const chunks = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`)
        const answer = await around(watched(kind, '200 OK', chunks, state)).stream(path)
        for await (const _ of answer) break
        await answer.leave()
        expect(state).toEqual({ closed: 1, left: 1 })
      })

      test('is left and closed once when its client leaves before the first chunk', async () => {
        const leaving = new AbortController()
        const state = { closed: 0, left: 0 }
        const client = around((_environ, startResponse) => {
          startResponse('200 OK', plain)
          return {
            [Symbol.asyncIterator]: () => ({
              next: () => {
                queueMicrotask(() => leaving.abort())
                return new Promise<never>(() => {})
              },
              return: async () => {
                state.left++
                return { done: true, value: undefined }
              },
            }),
            close: () => void state.closed++,
          }
        })
        await expect(client.get(path, { signal: leaving.signal })).rejects.toThrow()
        expect(state).toEqual({ closed: 1, left: 1 })
      })

      test('is closed once when it fails half way', async () => {
        let closed = 0
        const client = around((_environ, startResponse) => {
          startResponse('200 OK', plain)
          return {
            *[Symbol.iterator]() {
              yield 'first'
              throw new Error('It failed.')
            },
            close: () => void closed++,
          }
        })
        await expect(client.get(path)).rejects.toThrow('It failed.')
        expect(closed).toBe(1)
      })
    })

    describe('the request body', () => {
      const body = 'a=1&b=2'

      test('is there by stapel.context.read', async () => {
        const client = around(async (environ, startResponse) => {
          startResponse('200 OK', plain)
          return environ['stapel.context'].read()
        })
        const answer = await client.post(path, { body: encode(body) })
        expect(textOf(answer.bytes(), answer.headers.has('Content-Encoding'))).toBe(body)
      })

      test('is there as wsgi.input', async () => {
        const client = around(async function* (environ, startResponse) {
          startResponse('200 OK', plain)
          yield* environ['wsgi.input']
        })
        const answer = await client.post(path, { body: encode(body) })
        expect(textOf(answer.bytes(), answer.headers.has('Content-Encoding'))).toBe(body)
      })
    })
  },
)

/** Below the mount of `dispatch`, and of no file. */
const path = '/mounted/page'

const plain: HeaderList = [['Content-Type', 'text/plain']]

function asItIs(content: string): string {
  return content
}

function notThere(_environ: unknown, startResponse: Parameters<Application>[1]): Body {
  startResponse('404 Not Found', [['X-Passed', 'yes']])
  return 'Not here.'
}

function never(): never {
  throw new Error('This application was called.')
}
