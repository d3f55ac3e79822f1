import { type Application, validate } from '@stapel/core'
import { expect, test } from 'vitest'
import { askApplication } from './ask-application.ts'
import type { CallAnswer } from './call-answer.ts'
import type { CallRequest } from './call-request.ts'

const errors = { write: () => {}, flush: () => {} }

/** Asks an application, wrapped in the validator. */
function ask(app: Application, given: Partial<CallRequest> = {}): Promise<CallAnswer> {
  const url = given.url ?? new URL('http://localhost/')
  return askApplication(
    validate(app, { gateway: true }),
    { method: 'GET', headers: [['Host', url.host]], body: undefined, ...given, url },
    errors,
  )
}

async function textOf({ body }: CallAnswer): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('header fields have the case and the order of the application, then what the gateway adds', async () => {
  const answer = await ask((_environ, startResponse) => {
    startResponse('200 Fine', [
      ['X-b', '1'],
      ['Set-Cookie', 'a=1'],
      ['ETag', '"a"'],
      ['Set-Cookie', 'b=2'],
    ])
    return 'text'
  })
  expect([answer.status, answer.reason]).toEqual([200, 'Fine'])
  const headers = answer.rawHeaders.slice(0, 10)
  expect(headers).toEqual([
    'X-b',
    '1',
    'Set-Cookie',
    'a=1',
    'ETag',
    '"a"',
    'Set-Cookie',
    'b=2',
    'Content-Length',
    '4',
  ])
  expect(answer.rawHeaders).not.toContain('Date')
  expect(await textOf(answer)).toBe('text')
})

test('the application sees the URL, a client on this machine, and the fields that were given', async () => {
  const url = new URL('https://example.org:8443/a%20b?c=%zz')
  const headers = [
    ['host', 'other.example'],
    ['X-Text', 'é'],
    ['X-Two', '1'],
    ['x-two', '2'],
  ] as const
  const answer = await ask(
    (environ, startResponse) => {
      startResponse('200 OK', [])
      const { SERVER_NAME, SERVER_PORT, REQUEST_URI, REMOTE_ADDR, HTTP_CONNECTION } = environ
      return JSON.stringify([
        [environ['wsgi.url_scheme'], SERVER_NAME, SERVER_PORT, REQUEST_URI, REMOTE_ADDR],
        [environ.HTTP_HOST, environ.HTTP_X_TWO, HTTP_CONNECTION === undefined],
        Buffer.from(environ.HTTP_X_TEXT as string, 'latin1').toString(),
      ])
    },
    { url, headers },
  )
  expect(JSON.parse(await textOf(answer))).toEqual([
    ['https', 'example.org', '8443', '/a%20b?c=%zz', '127.0.0.1'],
    ['other.example', '1, 2', true],
    'é',
  ])
})

test('large bodies go in and out, and GET may have one', async () => {
  const size = 5_000_000
  const answer = await ask(
    async (environ, startResponse) => {
      startResponse('200 OK', [])
      return environ['stapel.context'].read({ limit: size })
    },
    {
      body: new Blob(['x'.repeat(size)]),
      headers: [
        ['Host', 'a'],
        ['Content-Length', String(size)],
      ],
    },
  )
  expect(await textOf(answer)).toBe('x'.repeat(size))
})

test('an answer before the body was read arrives', async () => {
  const size = 50_000_000
  const answer = await ask(
    (_environ, startResponse) => {
      startResponse('413 Content Too Large', [])
      return 'too much'
    },
    {
      method: 'POST',
      body: new Blob([new Uint8Array(size)]),
      headers: [
        ['Host', 'a'],
        ['Content-Length', String(size)],
      ],
    },
  )
  expect([answer.status, await textOf(answer)]).toEqual([413, 'too much'])
})

test('what came before an answer broke off is given, then it throws', async () => {
  const answer = await ask(async function* (_environ, startResponse) {
    startResponse('200 OK', [])
    yield 'begun'
    throw new Error('broken on purpose')
  })
  const seen: string[] = []
  const reading = (async () => {
    for await (const chunk of answer.body) seen.push(Buffer.from(chunk).toString())
  })()
  await expect(reading).rejects.toThrow()
  expect(seen).toEqual(['begun'])
})

test('an endless body is pulled as it is read, and is told when nobody does any more', async () => {
  let pulled = 0
  let left = (): void => {}
  const gone = new Promise<void>((resolve) => {
    left = resolve
  })
  const answer = await ask((environ, startResponse) => {
    startResponse('200 OK', [])
    environ['stapel.context'].signal.addEventListener('abort', () => left())
    return (async function* () {
      for (;;) {
        pulled++
        yield new Uint8Array(65_536)
      }
    })()
  })
  for await (const _chunk of answer.body) break
  const before = pulled
  expect(before).toBeLessThan(20)
  answer.destroy()
  await gone
  expect(pulled).toBeLessThan(before + 3)
})

test('a method that nobody knows is answered by the gateway, as on a server', async () => {
  expect((await ask(() => 'never asked', { method: 'BREW' })).status).toBe(501)
})

test.for([
  ['a name', [['a b', 'c']]],
  ['a value', [['a', 'b\r\nc: d']]],
] as const)('%s that cannot be sent is refused with exit code 2', async ([, headers]) => {
  await expect(ask(() => '', { headers })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^GET http:\/\/localhost\/ cannot be asked: /),
  })
})
