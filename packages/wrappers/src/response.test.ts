import { Readable } from 'node:stream'
import {
  type Application,
  type Body,
  type HeaderList,
  ProtocolError,
  type Status,
  validate,
} from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Headers } from './headers.ts'
import { Response } from './response.ts'

/** What a response hands to startResponse. */
function headOf(response: Response): { status: Status; headers: HeaderList } {
  let head: { status: Status; headers: HeaderList } | undefined
  response.respond(createEnviron('/'), (status, headers) => {
    head = { status, headers }
    return () => {}
  })
  if (head === undefined) throw new Error('The response was not started.')
  return head
}

test('is 200 and plain text unless something else is said', () => {
  expect(headOf(new Response('Hello'))).toEqual({
    status: '200 OK',
    headers: [['Content-Type', 'text/plain; charset=utf-8']],
  })
})

test('answers in an application of one own', async () => {
  const app: Application = (environ, startResponse) =>
    new Response('Hello', { mimetype: 'text/html' }).respond(environ, startResponse)
  const answer = await new Client(app).get('/')
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.text()).toBe('Hello')
})

test('HEAD has the headers of GET and no body', async () => {
  const client = new Client((environ, startResponse) => new Response('Hello').respond(environ, startResponse))
  const answer = await client.head('/')
  expect(answer.headers.get('content-length')).toBe('5')
  expect(answer.text()).toBe('')
})

describe('the status', () => {
  test.each([
    [404, '404 Not Found'],
    [200, '200 OK'],
    [299, '299 '],
    ['404 Nowhere', '404 Nowhere'],
    ['200 Fine', '200 Fine'],
  ] as const)('%j is sent as %j', (status, line) => {
    expect(headOf(new Response('', { status })).status).toBe(line)
  })

  test('can be read and changed', () => {
    const response = new Response('', { status: 404 })
    expect(response.status).toBe(404)
    expect(response.statusText).toBe('Not Found')
    response.status = 410
    expect(response.statusText).toBe('Gone')
    response.status = '200 Fine'
    expect(response.status).toBe(200)
    expect(headOf(response).status).toBe('200 Fine')
  })

  test.each([0, 101, 199, 1000, 200.5, Number.NaN])('the code %j is refused', (status) => {
    expect(() => new Response('', { status })).toThrow(RangeError)
  })

  test.each(['OK', '200', '99 Low', '200 \r\nX: 1'])(
    'the line %j is refused (robustness.md H1)',
    (status) => {
      expect(() => new Response('', { status: status as Status })).toThrow(ProtocolError)
      expect(() => {
        new Response('').status = status as Status
      }).toThrow(ProtocolError)
    },
  )
})

describe('the content type', () => {
  test.each([
    ['a string', 'a', 'text/plain; charset=utf-8'],
    ['bytes', new Uint8Array(1), 'application/octet-stream'],
    ['a list', ['a'], 'text/plain; charset=utf-8'],
    ['a Node stream', Readable.from(['a']), 'application/octet-stream'],
    ['nothing', null, null],
  ])('of %s', (_name, body, type) => {
    expect(new Response(body).headers.get('content-type')).toBe(type)
    expect(new Response(body, { status: 201 }).headers.get('content-type')).toBe(type)
  })

  test('mimetype gets a charset where it is text, contentType is sent as it is', () => {
    expect(new Response('', { mimetype: 'text/css' }).headers.get('content-type')).toBe(
      'text/css; charset=utf-8',
    )
    expect(new Response('', { contentType: 'text/css' }).headers.get('content-type')).toBe('text/css')
  })

  test('one among the headers is kept, whatever the case of its letters', () => {
    expect(headOf(new Response('', { headers: { 'content-TYPE': 'text/x' } })).headers).toEqual([
      ['content-TYPE', 'text/x'],
    ])
  })

  test('mimetype and contentType replace one among the headers', () => {
    const headers = { 'Content-Type': 'text/x', 'X-A': '1' }
    expect(headOf(new Response('', { headers, mimetype: 'image/png' })).headers).toEqual([
      ['X-A', '1'],
      ['Content-Type', 'image/png'],
    ])
  })

  test('can be changed and removed', () => {
    const response = new Response('a')
    response.headers.set('Content-Type', 'text/html')
    expect(headOf(response).headers).toEqual([['Content-Type', 'text/html']])
    response.headers.delete('Content-Type')
    expect(headOf(response).headers).toEqual([])
  })
})

describe('the headers', () => {
  test.each([
    ['a record', { 'X-A': '1' }],
    ['a list', [['X-A', '1']] as HeaderList],
    ['Headers', new Headers({ 'X-A': '1' })],
    ['fetch Headers', new globalThis.Headers({ 'X-A': '1' })],
  ])('can be %s', (_name, headers) => {
    expect(new Response('', { headers }).headers.get('x-a')).toBe('1')
  })

  test('a list keeps order and repeats', () => {
    const headers: HeaderList = [
      ['Link', '<a>'],
      ['X-A', '1'],
      ['Link', '<b>'],
    ]
    expect(headOf(new Response(null, { headers })).headers).toEqual(headers)
  })

  test('what it was made of is not touched', () => {
    const headers: HeaderList = [['X-A', '1']]
    const response = new Response('', { headers })
    response.headers.set('X-A', '2')
    ;(headOf(response).headers[0] as [string, string])[1] = '3'
    expect(headers).toEqual([['X-A', '1']])
  })

  test('one that may not be sent throws when the response is started (robustness.md H1)', async () => {
    const app: Application = (environ, startResponse) =>
      new Response('', { headers: { 'X-A': 'a\r\nb' } }).respond(environ, startResponse)
    await expect(new Client(app).get('/')).rejects.toThrow('X-A')
  })

  test('one that may not be sent throws at once when it is set (robustness.md H1)', () => {
    expect(() => new Response('').headers.set('X-A', 'a\r\nb')).toThrow(TypeError)
  })
})

test('a response answers any number of requests, whatever layers do with its list', () => {
  const response = new Response('Hello', { headers: { 'X-A': '1' } })
  for (let i = 0; i < 3; i++) {
    const { headers } = headOf(response)
    expect(headers).toEqual([
      ['X-A', '1'],
      ['Content-Type', 'text/plain; charset=utf-8'],
    ])
    headers.push(['X-Layer', '1'])
    ;(headers[0] as [string, string])[1] = 'changed'
  }
  expect(response.headers.toList()).toHaveLength(2)
  headOf(response).headers.length = 0
  expect(response.headers.toList()).toHaveLength(2)
})

describe('a response whose body can be read only once', () => {
  async function* generated() {
    yield 'Hello'
  }

  test.each<[string, () => Body]>([
    ['a generator', generated],
    ['an iterator', () => ['Hello'].values()],
    ['a Node stream', () => Readable.from(['Hello'])],
    ['a ReadableStream', () => new Blob(['Hello']).stream()],
  ])('is not sent twice (%s)', async (_name, make) => {
    const response = new Response(make(), { mimetype: 'text/plain' })
    const client = new Client(validate((environ, startResponse) => response.respond(environ, startResponse)))
    expect((await client.get('/')).text()).toBe('Hello')
    await expect(client.get('/')).rejects.toThrow('was sent already')
  })

  test('is sent as often as needed where each reading begins anew', async () => {
    const response = new Response({ [Symbol.asyncIterator]: generated }, { mimetype: 'text/plain' })
    const client = new Client((environ, startResponse) => response.respond(environ, startResponse))
    for (let i = 0; i < 2; i++) expect((await client.get('/')).text()).toBe('Hello')
  })
})

describe('cookies', () => {
  test('are added one by one', () => {
    const response = new Response('')
    response.setCookie('a', '1')
    response.setCookie('b', 'x y', { httpOnly: true })
    response.deleteCookie('c', { path: '/admin' })
    expect(response.headers.getSetCookie()).toEqual([
      'a=1; Path=/',
      'b=x%20y; Path=/; HttpOnly',
      'c=; Max-Age=0; Path=/admin; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ])
  })

  test('a cookie that browsers would drop throws and is not added', () => {
    const response = new Response('')
    expect(() => response.setCookie('__Host-a', '1')).toThrow(TypeError)
    expect(response.headers.getSetCookie()).toEqual([])
  })
})

describe('json', () => {
  test('sends a value as JSON without a charset', () => {
    const response = Response.json({ a: 'ü' })
    expect(response.body).toBe('{"a":"ü"}')
    expect(headOf(response).headers).toEqual([['Content-Type', 'application/json']])
  })

  test('takes a status and headers', () => {
    const response = Response.json([], { status: 201, headers: { Location: '/1' } })
    expect(response.status).toBe(201)
    expect(headOf(response).headers).toEqual([
      ['Location', '/1'],
      ['Content-Type', 'application/json'],
    ])
  })

  test.each([
    { mimetype: 'application/problem+json' },
    { contentType: 'application/problem+json' },
    { headers: { 'content-type': 'application/problem+json' } },
  ])('keeps the type of %j', (init) => {
    expect(Response.json({}, init).headers.getAll('content-type')).toEqual(['application/problem+json'])
  })

  test('a promise is refused: the await before it is missing', () => {
    expect(() => Response.json(Promise.resolve({ a: 1 }))).toThrow('await it first')
    expect(Response.json(JSON.parse('{"then":1}')).status).toBe(200)
  })

  test('null is JSON, undefined and functions are not', () => {
    expect(Response.json(null).body).toBe('null')
    expect(() => Response.json(undefined)).toThrow('expected a value that JSON can hold')
    expect(() => Response.json(() => {})).toThrow(TypeError)
    expect(() => Response.json(1n)).toThrow(TypeError)
  })
})

describe('redirect', () => {
  test('is 303 unless another status is given', async () => {
    const app: Application = (environ, startResponse) =>
      Response.redirect('/next').respond(environ, startResponse)
    const answer = await new Client(app).post('/')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/next')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.text()).toContain('<a href="/next">')
    expect(Response.redirect('/', 308).status).toBe(308)
  })

  test('may have cookies', () => {
    const response = Response.redirect('/')
    response.setCookie('a', '1')
    expect(headOf(response).headers.map(([name]) => name)).toEqual([
      'Location',
      'Content-Type',
      'Content-Security-Policy',
      'X-Content-Type-Options',
      'Set-Cookie',
    ])
  })

  test('refuses a location with a line break', () => {
    expect(() => Response.redirect('/\r\nX: 1')).toThrow(TypeError)
  })
})

describe('redirect with a base', () => {
  test('makes a relative location absolute', () => {
    const base = 'https://example.org/a/b?c'
    expect(Response.redirect('../next', 303, { base }).location).toBe('https://example.org/next')
    expect(Response.redirect('https://other.example/', 303, { base }).location).toBe('https://other.example/')
    expect(Response.redirect('next', 303, { base: 'https://example.org/a|b/' }).location).toBe(
      'https://example.org/a%7Cb/next',
    )
  })

  test('throws for a base that is no absolute URL, and for a target that runs scripts', () => {
    expect(() => Response.redirect('/next', 303, { base: '/here' })).toThrow('"/here"')
    expect(() => Response.redirect('next', 303, { base: 'javascript:x' })).toThrow(TypeError)
  })
})

describe('from an application', () => {
  const inner: Application = async function* (_environ, startResponse) {
    startResponse('201 Made', [
      ['X-A', '1'],
      ['x-a', '2'],
    ])
    yield 'Hel'
    yield 'lo'
  }

  test('has its status, headers and body, and adds no type', async () => {
    const app: Application = async (environ, startResponse) => {
      const response = await Response.from(inner, environ)
      expect([response.status, response.statusText]).toEqual([201, 'Made'])
      response.headers.append('X-B', '3')
      return response.respond(environ, startResponse)
    }
    const answer = await new Client(app).get('/')
    expect(answer.headers.toList()).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
      ['X-B', '3'],
    ])
    expect(answer.chunks.map(String)).toHaveLength(2)
    expect(answer.text()).toBe('Hello')
  })

  test('rejects with what it fails with before its first chunk', async () => {
    const broken: Application = () => {
      throw new Error('broken')
    }
    await expect(Response.from(broken, createEnviron('/'))).rejects.toThrow('broken')
  })
})

describe('the entity tag', () => {
  test('is set, read and removed', () => {
    const response = new Response('')
    expect(response.getEtag()).toBeUndefined()
    response.setEtag('v1', { weak: true })
    expect(response.headers.get('etag')).toBe('W/"v1"')
    expect(response.getEtag()).toEqual({ value: 'v1', weak: true })
    response.setEtag(undefined)
    expect(response.headers.has('etag')).toBe(false)
    expect(() => response.setEtag('a"b')).toThrow(RangeError)
  })

  test('of the body does not depend on its chunks (robustness.md N6)', async () => {
    const bodies = ['abc', ['a', '', 'bc'], new TextEncoder().encode('abc')]
    const responses = bodies.map((body) => new Response(body))
    for (const response of responses) await response.addEtag()
    const tags = responses.map((response) => response.headers.get('etag'))
    expect(tags).toEqual(Array(3).fill('"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"'))
  })

  test('that is there already is kept', async () => {
    const response = new Response('abc')
    response.setEtag('v1')
    await response.addEtag()
    expect(response.getEtag()?.value).toBe('v1')
  })

  test('is not made of a stream, which would have to be held', async () => {
    await expect(new Response(Readable.from(['a'])).addEtag()).rejects.toThrow('freeze()')
  })
})

describe('freeze', () => {
  test('makes a response of a stream that answers any number of requests', async () => {
    const response = await new Response(Readable.from(['Hel', 'lo']), { mimetype: 'text/plain' }).freeze()
    const client = new Client((environ, startResponse) => response.respond(environ, startResponse))
    const [first, second] = [await client.get('/'), await client.get('/')]
    expect([first.text(), second.text()]).toEqual(['Hello', 'Hello'])
    expect(second.headers.get('content-length')).toBe('5')
    expect(second.headers.get('etag')).toMatch(/^"[\w-]{43}"$/)
  })

  test('reads no more than its limit', async () => {
    const response = new Response(Readable.from(['a'.repeat(11)]))
    await expect(response.freeze({ limit: 10 })).rejects.toThrow(RangeError)
  })
})

describe('reading the body', () => {
  test('leaves it to be sent', async () => {
    const response = new Response(Readable.from(['ü']))
    expect(response.isStreamed).toBe(true)
    expect(await response.text()).toBe('ü')
    expect(await response.bytes()).toEqual(new Uint8Array([0xc3, 0xbc]))
    expect(response.isStreamed).toBe(false)
    expect(response.contentLength).toBe(2)
  })

  test.each([[null], ['a'], [new Uint8Array(1)], [['a', 'b']]])('%j is no stream', (body) => {
    expect(new Response(body).isStreamed).toBe(false)
  })

  test('the length is that of what is sent, or what was set', () => {
    expect(new Response('ü').contentLength).toBe(2)
    expect(new Response(['ü', new Uint8Array(3)]).contentLength).toBe(5)
    expect(new Response(null).contentLength).toBe(0)
    const stream = new Response(Readable.from(['a']))
    expect(stream.contentLength).toBeUndefined()
    stream.contentLength = 1
    expect(stream.contentLength).toBe(1)
  })
})

describe('onClose', () => {
  /** An application whose response notes when it is closed. */
  function closing(body: () => Body, log: string[]): Application {
    return validate((environ, startResponse) => {
      const response = new Response(body())
      response.onClose(() => void log.push('first'))
      response.onClose(async () => {
        await Promise.resolve()
        log.push('second')
      })
      return response.respond(environ, startResponse)
    })
  }

  test.each<[string, () => Body]>([
    ['a string', () => 'abc'],
    ['a list', () => ['a', 'bc']],
    ['a generator', () => ['abc'].values()],
    ['a Node stream', () => Readable.from(['abc'])],
  ])('is called once, in order, after %s was sent', async (_name, body) => {
    const log: string[] = []
    const answer = await new Client(closing(body, log)).get('/')
    expect(answer.text()).toBe('abc')
    expect(log).toEqual(['first', 'second'])
  })

  test('is called when the body is not sent', async () => {
    const log: string[] = []
    await new Client(closing(() => ['abc'].values(), log)).head('/')
    expect(log).toEqual(['first', 'second'])
  })

  test('leaves the length of a body that is there to the gateway', async () => {
    const answer = await new Client(closing(() => 'abc', [])).get('/')
    expect(answer.headers.get('content-length')).toBe('3')
  })

  test('follows close() of the body, and runs where that or another fails', async () => {
    const log: string[] = []
    const response = new Response({
      *[Symbol.iterator]() {
        yield 'a'
      },
      close() {
        log.push('body')
        throw new Error('body')
      },
    })
    response.onClose(() => {
      log.push('first')
      throw new Error('first')
    })
    response.onClose(() => void log.push('second'))
    await expect(response.close()).rejects.toThrow()
    expect(log).toEqual(['body', 'first', 'second'])
  })

  test('belongs to one answer', async () => {
    let calls = 0
    const response = new Response('a')
    response.onClose(() => void calls++)
    const client = new Client((environ, startResponse) => response.respond(environ, startResponse))
    await client.get('/')
    await client.get('/')
    expect(calls).toBe(1)
  })

  test('is called when the response cannot be started', async () => {
    let calls = 0
    const response = new Response('a')
    response.onClose(() => void calls++)
    const refuse = (): never => {
      throw new Error('refused')
    }
    expect(() => response.respond(createEnviron('/'), refuse)).toThrow('refused')
    expect(calls).toBe(1)
  })
})

test('close gives up a stream that is not sent', async () => {
  const stream = Readable.from(['a'])
  const response = new Response(stream)
  await response.close()
  expect(stream.destroyed).toBe(true)
  await response.close()
  expect(await response.text()).toBe('')
})
