import { applicationShapes, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { NotFound, ServiceUnavailable } from '../http-errors.ts'
import type { Application } from '../protocol.ts'
import { handlerForTest } from './fetch.test-support.ts'
import { fetchHandler } from './fetch-handler.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

test('answers with status, reason, headers and body', async () => {
  const answer = await handlerForTest((_environ, startResponse) => {
    startResponse('201 Made', [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Text', 'caf\u00e9'],
    ])
    return 'gr\u00fc\u00df'
  }).fetch('/')
  expect(answer.status).toBe(201)
  expect(answer.statusText).toBe('Made')
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(answer.headers.get('x-text')).toBe('caf\u00e9')
  expect(await answer.text()).toBe('gr\u00fc\u00df')
})

test('adds no Content-Type that the application did not give', async () => {
  const answer = await handlerForTest((_environ, startResponse) => {
    startResponse('200 OK', [])
    return 'Hello'
  }).fetch('/')
  expect(answer.headers.get('content-type')).toBeNull()
  expect(await answer.text()).toBe('Hello')
})

describe('every shape of an application', () => {
  const shaped = {
    status: '203 Shaped',
    chunks: ['first ', new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac])],
  }

  test.each(applicationShapes)('$name gives the same answer', async ({ make }) => {
    const app = make({
      ...shaped,
      status: '203 Shaped',
      headers: [
        ['X-Shape', 'yes'],
        ['Set-Cookie', 'a'],
        ['Set-Cookie', 'b'],
      ],
    })
    const { fetch, log } = handlerForTest(app)
    const answer = await fetch('/')
    expect(answer.status).toBe(203)
    expect(answer.statusText).toBe('Shaped')
    expect(answer.headers.get('x-shape')).toBe('yes')
    expect(answer.headers.getSetCookie()).toEqual(['a', 'b'])
    expect(await answer.text()).toBe('first \u20ac')
    expect(log).toEqual([])
  })

  // It is replaced after the moment at which HEAD is answered (clause 4.4).
  const late = 'startResponse replaced with an error after an empty chunk'

  test.each(applicationShapes.filter(({ name }) => name !== late))(
    '$name sends nothing for HEAD',
    async ({ make }) => {
      const app = make({ ...shaped, status: '203 Shaped', headers: [['X-Shape', 'yes']] })
      const { fetch, log } = handlerForTest(app)
      const answer = await fetch('/', { method: 'HEAD' })
      expect(answer.headers.get('x-shape')).toBe('yes')
      expect(answer.body).toBeNull()
      expect(log).toEqual([])
    },
  )
})

describe('5: errors', () => {
  test.each(failingShapes.filter(({ committed }) => !committed))(
    'an application that $name is answered 500 without the details',
    async ({ make }) => {
      const { fetch, log } = handlerForTest(make(new Error('secret')), { validated: false })
      const answer = await fetch('/')
      expect(answer.status).toBe(500)
      expect(answer.headers.get('x-replaced')).toBeNull()
      expect(await answer.text()).toBe('Internal Server Error\n')
      expect(log).toHaveLength(1)
    },
  )

  test.each(failingShapes.filter(({ committed, given }) => !committed && given))(
    'an HTTPError is the answer of an application that $name',
    async ({ make }) => {
      const { fetch, log } = handlerForTest(make(new NotFound('There is no entry 42.')), { validated: false })
      const answer = await fetch('/')
      expect(answer.status).toBe(404)
      expect(await answer.text()).toBe('404 Not Found\nThere is no entry 42.\n')
      expect(log).toEqual([])
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'the stream of an application that $name ends in an error',
    async ({ make }) => {
      const { fetch, log } = handlerForTest(make(new Error('late')), { validated: false })
      const answer = await fetch('/')
      expect(answer.headers.get('x-committed')).toBe('yes')
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
      expect(new TextDecoder().decode((await reader.read()).value)).toBe('first')
      await expect(reader.read()).rejects.toThrow('late')
      expect(log).toHaveLength(1)
      expect(log[0]).toContain('late')
    },
  )

  test('an HTTPError of 500 and above is logged with its cause', async () => {
    const { fetch, log } = handlerForTest(() => {
      throw new ServiceUnavailable('Come back.', { cause: new Error('the disk is full') })
    })
    const answer = await fetch('/', { headers: { Accept: 'text/html' } })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await answer.text()).not.toContain('disk')
    expect(log.join('')).toContain('the disk is full')
  })

  test('an HTTPError that fails to respond is answered 500', async () => {
    const broken = new NotFound()
    broken.respond = () => {
      throw new Error('no page')
    }
    const { fetch, log } = handlerForTest(() => {
      throw broken
    })
    expect((await fetch('/')).status).toBe(500)
    expect(log.join('')).toContain('no page')
  })

  test('a failing log does not change the answer', async () => {
    const errors = {
      write: () => {
        throw new Error('no log')
      },
      flush: () => {},
    }
    const handle = fetchHandler(
      () => {
        throw new Error('failed')
      },
      { errors },
    )
    expect((await handle(new Request('http://localhost/'))).status).toBe(500)
  })
})

describe('what the host says', () => {
  test('the peer becomes REMOTE_ADDR and REMOTE_PORT', async () => {
    const handle = fetchHandler(
      (environ, startResponse) => {
        startResponse('200 OK', [])
        return `${environ.REMOTE_ADDR} ${environ.REMOTE_PORT}`
      },
      { peer: (_request, server: { address: string }) => ({ address: server.address, port: 1234 }) },
    )
    const answer = await handle(new Request('http://localhost/'), { address: '::ffff:192.0.2.1' })
    expect(await answer.text()).toBe('192.0.2.1 1234')
  })

  test('a host that does not know the peer leaves REMOTE_ADDR out', async () => {
    const { fetch } = handlerForTest(
      (environ, startResponse) => {
        startResponse('200 OK', [])
        return String('REMOTE_ADDR' in environ)
      },
      { peer: () => null },
    )
    expect(await (await fetch('/')).text()).toBe('false')
  })

  test('its arguments are in environ', async () => {
    const handle = fetchHandler<[{ name: string }, number]>((environ, startResponse) => {
      startResponse('200 OK', [])
      return JSON.stringify(environ['stapel.host_arguments'])
    })
    const answer = await handle(new Request('http://localhost/'), { name: 'binding' }, 7)
    expect(await answer.json()).toEqual([{ name: 'binding' }, 7])
  })

  test('a peer that fails is answered 500', async () => {
    const { fetch, log } = handlerForTest(hello, {
      peer: () => {
        throw new Error('no address')
      },
    })
    expect((await fetch('/')).status).toBe(500)
    expect(log.join('')).toContain('no address')
  })
})

test('what is no application throws when the handler is made', () => {
  expect(() => fetchHandler({} as Application)).toThrow(
    new TypeError('Got an object of class Object for the application; expected a function.'),
  )
  expect(() => fetchHandler(hello, { peer: 'x' as never })).toThrow(TypeError)
})
