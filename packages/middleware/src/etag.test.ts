import {
  type Application,
  type Body,
  type HeaderList,
  outline,
  ProtocolError,
  type Status,
  stack,
  validate,
} from '@stapel/core'
import { applicationShapes, Client, type ClientAnswer, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { compress } from './compress.ts'
import { type EtagOptions, etag } from './etag.ts'

function answers(body: () => Body, headers: HeaderList = [], status: Status = '200 OK'): Application {
  return validate((_environ, startResponse) => {
    startResponse(status, headers)
    return body()
  })
}

const hello = answers(() => 'Hello', [['Content-Type', 'text/plain']])

async function get(
  app: Application,
  headers: Record<string, string> = {},
  options?: EtagOptions,
): Promise<ClientAnswer> {
  return new Client(etag(options)(app)).get('/', { headers })
}

async function tagOf(app: Application, options?: EtagOptions): Promise<string | null> {
  return (await get(app, {}, options)).headers.get('ETag')
}

describe('a tag', () => {
  test('is weak, and strong where that is wanted', async () => {
    expect(await tagOf(hello)).toMatch(/^W\/"[\w-]{43}"$/)
    expect(await tagOf(hello, { strong: true })).toMatch(/^"[\w-]{43}"$/)
  })

  // robustness.md N6
  test('is that of the bytes, however they are cut and typed', async () => {
    const views = new TextEncoder().encode('..Grüße..')
    const bodies = [
      'Grüße',
      ['Gr', 'ü', 'ße'],
      views.subarray(2, 9),
      ['Grü', new TextEncoder().encode('ße'), ''],
    ]
    const tags = await Promise.all(bodies.map((body) => tagOf(answers(() => body))))
    expect(new Set(tags).size).toBe(1)
    expect(await tagOf(answers(() => ['Grüße', '!']))).not.toBe(tags[0])
  })

  test('is another for another type, coding or language of the same bytes', async () => {
    const heads: HeaderList[] = [
      [],
      [['Content-Type', 'text/plain']],
      [['Content-Type', 'text/html']],
      [['Content-Encoding', 'gzip']],
      [['Content-Language', 'gzip']],
    ]
    const tags = await Promise.all(heads.map((headers) => tagOf(answers(() => 'a', headers))))
    expect(new Set(tags).size).toBe(heads.length)
  })

  test('stands at the end of the headers, of which none is changed', async () => {
    const headers: HeaderList = [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]
    const answer = await get(answers(() => 'a', headers))
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(headers).toHaveLength(2)
    expect(answer.text()).toBe('a')
  })

  test('of HEAD is that of GET', async () => {
    const client = new Client(etag()(hello))
    const tag = (await client.get('/')).headers.get('ETag')
    expect((await client.head('/')).headers.get('ETag')).toBe(tag)
    expect((await client.head('/', { headers: { 'If-None-Match': tag ?? '' } })).status).toBe(304)
  })
})

describe('no tag gets', () => {
  test.each([
    ['what has one', answers(() => 'a', [['etag', '"own"']]), '"own"'],
    ['no-store', answers(() => 'a', [['Cache-Control', 'private, No-Store']]), null],
    ['an empty body', answers(() => ''), null],
    ['an empty list', answers(() => []), null],
    ['a status of 201', answers(() => 'a', [], '201 Created'), null],
    ['a status of 404', answers(() => 'a', [], '404 Not Found'), null],
    ['a status of 204', answers(() => '', [], '204 No Content'), null],
    ['a Set', answers(() => new Set(['a'])), null],
    [
      'a generator',
      validate(function* (_environ, startResponse) {
        startResponse('200 OK', [])
        yield 'a'
      }),
      null,
    ],
    [
      'what is written',
      validate((_environ, startResponse) => {
        void startResponse('200 OK', [])('a')
        return ['b']
      }),
      null,
    ],
  ] as [string, Application, string | null][])('%s', async (_name, app, tag) => {
    const answer = await get(app, { 'If-None-Match': '*' })
    expect(answer.headers.get('ETag')).toBe(tag)
    expect(answer.status).not.toBe(304)
  })

  test('an answer to HEAD without the content of GET', async () => {
    const app = answers(() => '', [['Content-Length', '5']])
    expect((await new Client(etag()(app)).head('/')).headers.has('ETag')).toBe(false)
  })

  test('a body that is not as long as it says', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '2']])
      return 'abc'
    }
    const started: HeaderList[] = []
    await etag()(app)(createEnviron('/'), (_status, headers) => {
      started.push(headers)
      return () => {}
    })
    expect(started).toEqual([[['Content-Length', '2']]])
  })

  // robustness.md N4
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'an answer to %s, whose effect is there already',
    async (method) => {
      const client = new Client(etag()(hello))
      const answer = await client.request('/', { method, headers: { 'If-Match': '"old"' } })
      expect([answer.status, answer.headers.has('ETag')]).toEqual([200, false])
    },
  )

  test('content above the limit', async () => {
    expect(
      await tagOf(
        answers(() => ['abc', 'ü']),
        { maxSize: 5 },
      ),
    ).not.toBeNull()
    expect(
      await tagOf(
        answers(() => ['abc', 'ü']),
        { maxSize: 4 },
      ),
    ).toBeNull()
    expect(await tagOf(answers(() => 'a'.repeat(1_048_576)))).not.toBeNull()
    expect(await tagOf(answers(() => 'a'.repeat(1_048_577)))).toBeNull()
  })
})

describe('a precondition', () => {
  // robustness.md N2
  test.each([
    ['the tag', (tag: string) => tag],
    ['the strong form of it', (tag: string) => tag.replace('W/', '')],
    ['a list that has it', (tag: string) => `"a", W/"b,", ${tag}`],
    ['*', () => '*'],
  ])('If-None-Match with %s gives 304', async (_name, value) => {
    const tag = (await tagOf(hello)) ?? ''
    const answer = await get(hello, { 'If-None-Match': value(tag) })
    expect([answer.status, answer.text(), answer.headers.get('ETag')]).toEqual([304, '', tag])
  })

  test('If-None-Match with another tag gives the content', async () => {
    const answer = await get(hello, { 'If-None-Match': '"other"' })
    expect([answer.status, answer.text()]).toEqual([200, 'Hello'])
  })

  // robustness.md N2
  test('If-Match compares strongly, and gives 412', async () => {
    const strong = { strong: true }
    const tag = (await tagOf(hello, strong)) ?? ''
    expect((await get(hello, { 'If-Match': tag }, strong)).status).toBe(200)
    expect((await get(hello, { 'If-Match': '"other"' }, strong)).status).toBe(412)
    expect((await get(hello, { 'If-Match': `W/${tag}` }, strong)).status).toBe(412)
    expect((await get(hello, { 'If-Match': (await tagOf(hello)) ?? '' })).status).toBe(412)
    expect((await get(hello, { 'If-Match': '*' })).status).toBe(200)
  })

  // robustness.md N1
  test('If-Modified-Since compares with Last-Modified, where no tag was sent', async () => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
    const app = answers(() => 'a', [['Last-Modified', date]])
    expect((await get(app, { 'If-Modified-Since': date })).status).toBe(304)
    expect((await get(app, { 'If-Modified-Since': date, 'If-None-Match': '"other"' })).status).toBe(200)
    expect((await get(hello, { 'If-Modified-Since': date })).status).toBe(200)
  })

  // robustness.md N3
  test.each([
    ['that is none', 'yesterday', 200],
    ['that is later', 'Sun, 06 Nov 1994 08:49:38 GMT', 304],
    ['that is earlier', 'Sun, 06 Nov 1994 08:49:36 GMT', 200],
  ])('If-Modified-Since with a date %s is %s: %i', async (_name, date, status) => {
    const app = answers(() => 'a', [['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT']])
    expect((await get(app, { 'If-Modified-Since': date })).status).toBe(status)
  })

  // robustness.md N5
  test('keeps all headers of a 304 but those of the content', async () => {
    const app = answers(
      () => 'a',
      [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '1'],
        ['Content-Language', 'en'],
        ['Content-Location', '/a.en'],
        ['Content-Security-Policy', "default-src 'none'"],
        ['Cache-Control', 'no-cache'],
        ['Vary', 'Accept-Language'],
        ['Access-Control-Allow-Origin', '*'],
        ['Set-Cookie', 'a=1'],
      ],
    )
    const answer = await get(app, { 'If-None-Match': '*' })
    expect(answer.status).toBe(304)
    expect([...answer.headers.keys()].sort()).toEqual([
      'access-control-allow-origin',
      'cache-control',
      'content-location',
      'content-security-policy',
      'etag',
      'set-cookie',
      'vary',
    ])
  })

  test.each([
    ['If-None-Match', '*', 304],
    ['If-Match', '"other"', 412],
    ['If-None-Match', '"other"', 200],
  ])('%s: %s closes the body once', async (name, value, status) => {
    let closed = 0
    const app = answers(() => Object.assign(['a'], { close: () => void closed++ }))
    expect((await get(app, { [name]: value })).status).toBe(status)
    expect(closed).toBe(1)
  })
})

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const app = validate(make({ status: '200 OK', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] }))
    const answer = await get(app)
    expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([200, 'yes', 'one, two'])
    expect(answer.errors).toBe('')
  })

  test.each(failingShapes.filter(({ given }) => given))('lets through what $name', async ({ make }) => {
    await expect(get(make(new Error('It failed.')))).rejects.toThrow('It failed.')
  })
})

describe('startResponse', () => {
  test('called again with an error replaces what was held back', async () => {
    const cause = new Error('replaced')
    const calls: unknown[][] = []
    const app = etag()((_environ, startResponse) => {
      startResponse('200 OK', [['X-First', 'yes']])
      startResponse('200 OK', [['X-Second', 'yes']], cause)
      return 'a'
    })
    await app(createEnviron('/'), (...args) => {
      calls.push(args)
      return () => {}
    })
    expect(calls).toEqual([
      [
        '200 OK',
        [
          ['X-Second', 'yes'],
          ['ETag', expect.any(String)],
        ],
        cause,
      ],
    ])
  })

  test('called again without one is refused where that is said', async () => {
    const app = etag()((_environ, startResponse) => {
      startResponse('200 OK', [])
      expect(() => startResponse('200 OK', [])).toThrow(ProtocolError)
      return 'a'
    })
    await new Client(app, { validate: true }).get('/').catch(() => {})
    expect.assertions(1)
  })

  test('refuses headers where they are said', async () => {
    const app = etag()((_environ, startResponse) => {
      expect(() => startResponse('200 OK', [['Bad Name', 'a']])).toThrow(ProtocolError)
      startResponse('200 OK', [])
      return 'a'
    })
    expect((await new Client(app).get('/')).headers.has('ETag')).toBe(true)
  })

  test('that throws gives up the body', () => {
    let closed = 0
    const app = etag()((_environ, startResponse) => {
      startResponse('200 OK', [])
      return Object.assign(['a'], { close: () => void closed++ })
    })
    const refuse = () => {
      throw new Error('No more headers.')
    }
    expect(() => app(createEnviron('/'), refuse)).toThrow('No more headers.')
    expect(closed).toBe(1)
  })

  test('gives a write that goes on where it was begun', async () => {
    const answer = await get(
      validate(async (_environ, startResponse) => {
        const write = startResponse('200 OK', [['X-Inner', 'yes']])
        await write('a')
        await write('b')
        return 'c'
      }),
    )
    expect([answer.headers.get('X-Inner'), answer.text()]).toEqual(['yes', 'abc'])
  })
})

test('a write that was given before an error is one afterwards', async () => {
  const written: unknown[] = []
  const app = etag()((_environ, startResponse) => {
    const write = startResponse('200 OK', [['X-First', 'yes']])
    startResponse('200 OK', [['X-Second', 'yes']], new Error('replaced'))
    void write('a')
    return ''
  })
  await app(createEnviron('/'), (_status, headers) => (chunk) => void written.push(headers, chunk))
  expect(written).toEqual([[['X-Second', 'yes']], 'a'])
})

test('a stream is handed on untouched', async () => {
  const stream = {
    [Symbol.asyncIterator](): AsyncIterator<string> {
      throw new Error('It was iterated.')
    },
  }
  const app = etag()((_environ, startResponse) => {
    startResponse('200 OK', [])
    return stream
  })
  expect(await app(createEnviron('/'), () => () => {})).toBe(stream)
})

test('is synchronous where the application is', () => {
  const app = etag()((_environ, startResponse) => {
    startResponse('200 OK', [])
    return 'now'
  })
  expect(app(createEnviron('/'), () => () => {})).toBe('now')
})

// robustness.md Z3
test('a strong tag is weakened by compress outside, and matches all the same', async () => {
  const app = stack(
    answers(() => 'a'.repeat(5000), [['Content-Type', 'text/plain']]),
    compress(),
    etag({ strong: true }),
  )
  const client = new Client(app, { headers: { 'Accept-Encoding': 'gzip' } })
  const tag = (await client.get('/')).headers.get('ETag') ?? ''
  expect(tag).toMatch(/^W\/"/)
  expect((await client.get('/', { headers: { 'If-None-Match': tag } })).status).toBe(304)
})

test('has its name in an outline', () => {
  const app: Application = function hello() {
    return ''
  }
  expect(String(outline(stack(app, etag())))).toBe('etag\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [{ strong: 'yes' }, 'etag: got "yes" for the option strong; expected true or false'],
    [{ maxSize: -1 }, 'etag: got -1 for the option maxSize; expected a number of bytes'],
    [{ weak: true }, 'etag: got the unknown option "weak"; it knows strong, maxSize'],
    [null, 'etag: got null for the options'],
  ])('%j', (options, message) => {
    const make = () => etag(options as EtagOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
