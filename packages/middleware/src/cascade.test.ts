import {
  type Application,
  ClientDisconnected,
  type Environ,
  HTTPError,
  InternalServerError,
  MethodNotAllowed,
  NotFound,
  outline,
  type Status,
  validate,
} from '@stapel/core'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type CascadeOptions, cascade } from './cascade.ts'

function answers(status: Status, text = status as string): Application {
  return validate((_environ, startResponse) => {
    startResponse(status, [['Content-Type', 'text/plain']])
    return text
  })
}

const never: Application = () => {
  throw new Error('This application was called.')
}

async function ask(apps: readonly Application[], options?: CascadeOptions): Promise<[number, string]> {
  const answer = await new Client(cascade(apps, options)).get('/')
  return [answer.status, answer.text()]
}

describe('hands on', () => {
  test('the first answer that is neither 404 nor 405', async () => {
    const apps = [answers('404 Not Found'), answers('405 Method Not Allowed'), answers('201 Created'), never]
    expect(await ask(apps)).toEqual([201, '201 Created'])
  })

  test.each([
    '200 OK',
    '204 No Content',
    '304 Not Modified',
    '403 Forbidden',
    '410 Gone',
    '500 Oops',
  ] as const)('a %s', async (status) => {
    const { status: code } = await new Client(cascade([answers(status), never])).get('/')
    expect(code).toBe(Number(status.slice(0, 3)))
  })

  test('the last answer, where none is better', async () => {
    expect(await ask([answers('404 A'), answers('405 B', 'b')])).toEqual([405, 'b'])
    expect(await ask([answers('404 A', 'only')])).toEqual([404, 'only'])
  })

  test('what is not of the given statuses', async () => {
    const statuses = [403, 503]
    expect(
      await ask([answers('403 A'), answers('503 B'), answers('404 C', 'c'), never], { statuses }),
    ).toEqual([404, 'c'])
  })

  test('answers for HEAD', async () => {
    const answer = await new Client(cascade([answers('404 A'), answers('200 OK', 'text')])).head('/')
    expect([answer.status, answer.headers.get('Content-Length'), answer.text()]).toEqual([200, '4', ''])
  })

  test('the error that an answer was started with', async () => {
    const cause = new Error('replaced')
    const errors: unknown[] = []
    const app = cascade([
      (_environ, startResponse) => {
        startResponse('200 OK', [])
        startResponse('500 Oops', [], cause)
        return ''
      },
      never,
    ])
    await app(createEnviron('/'), (_status, _headers, error) => {
      errors.push(error)
      return () => {}
    })
    expect(errors).toEqual([cause])
  })
})

describe('over every application shape', () => {
  const headers: [string, string][] = [['X-Shape', 'yes']]

  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const shaped = validate(make({ status: '201 Created', headers, chunks: ['one, ', 'two'] }))
    for (const apps of [
      [answers('404 A'), shaped],
      [shaped, never],
    ]) {
      const answer = await new Client(cascade(apps)).get('/')
      expect([answer.status, answer.headers.get('X-Shape'), answer.text()]).toEqual([201, 'yes', 'one, two'])
      expect(answer.errors).toBe('')
    }
  })

  test.each(applicationShapes)('passes over a 404 of $name', async ({ make }) => {
    const shaped = validate(make({ status: '404 Not Found', headers, chunks: ['one, ', 'two'] }))
    const answer = await new Client(cascade([shaped, answers('200 OK')])).get('/')
    expect([answer.status, answer.headers.get('X-Shape'), answer.text()]).toEqual([200, null, '200 OK'])
    expect(answer.errors).toBe('')
  })

  test.each(failingShapes)('throws on what an application $name', async ({ make, given }) => {
    const error = new Error('It failed.')
    const app = cascade([make(error), never])
    const reading = (async () => {
      const body = await app(createEnviron('/'), () => () => {})
      for await (const _ of body as AsyncIterable<string>);
    })()
    const thrown = await reading.then(
      () => 'nothing',
      (reason) => reason,
    )
    if (given) expect(thrown).toBe(error)
    else expect(thrown).not.toBeInstanceOf(Error)
  })
})

describe('an error', () => {
  test.each([
    ['thrown', () => () => raise(new NotFound())],
    ['of a promise', () => async () => raise(new MethodNotAllowed(['PUT']))],
    [
      'of the first step',
      () =>
        // biome-ignore lint/correctness/useYield: it fails before its first chunk.
        async function* () {
          raise(new NotFound())
        },
    ],
  ] as [string, () => Application][])('of these statuses counts as an answer: %s', async (_name, make) => {
    expect(await ask([make(), answers('200 OK')])).toEqual([200, '200 OK'])
  })

  test('of the last is thrown on', async () => {
    const error = new NotFound()
    const app = cascade([answers('404 A'), () => raise(error)])
    expect(() => app(createEnviron('/'), () => () => {})).toThrow(error)
  })

  test.each([new InternalServerError(), new HTTPError(403), new Error('no answer'), undefined])(
    'that is another is thrown on: %s',
    async (error) => {
      const app = cascade([async () => raise(error), never])
      await expect(app(createEnviron('/'), () => () => {})).rejects.toBe(error)
    },
  )

  test('of a client that has gone asks nobody else', async () => {
    const error = new ClientDisconnected()
    const app = cascade([() => raise(error), never], { statuses: [error.status] })
    expect(() => app(createEnviron('/'), () => () => {})).toThrow(error)
  })

  test('of another startResponse gives up the body', () => {
    let closed = 0
    const app = cascade([
      (_environ, startResponse) => {
        startResponse('200 OK', [])
        return { *[Symbol.iterator]() {}, close: () => void closed++ }
      },
      never,
    ])
    const error = new Error('No more headers.')
    expect(() => app(createEnviron('/'), () => raise(error))).toThrow(error)
    expect(closed).toBe(1)
  })
})

describe('the bodies', () => {
  function watched(status: Status, events: string[]): Application {
    return (_environ, startResponse) => {
      startResponse(status, [])
      return {
        async *[Symbol.asyncIterator]() {
          try {
            yield 'one'
            yield 'two'
          } finally {
            events.push(`${status} left`)
          }
        },
        close: () => void events.push(`${status} closed`),
      }
    }
  }

  test('of others are given up once, before the next application is asked', async () => {
    const events: string[] = []
    const app = cascade([
      watched('404 A', events),
      watched('405 B', events),
      (environ, startResponse) => {
        events.push('asked')
        return watched('200 OK', events)(environ, startResponse)
      },
    ])
    expect((await new Client(app).get('/')).text()).toBe('onetwo')
    expect(events.sort()).toEqual(
      [
        '404 A closed',
        '404 A left',
        '405 B closed',
        '405 B left',
        'asked',
        '200 OK closed',
        '200 OK left',
      ].sort(),
    )
    expect(events).toHaveLength(7)
  })

  test('that fail to close are logged, and the next is asked', async () => {
    const app = cascade([
      (_environ, startResponse) => {
        startResponse('404 Not Found', [])
        return { *[Symbol.iterator]() {}, close: () => raise(new Error('not closed')) }
      },
      answers('200 OK'),
    ])
    const answer = await new Client(app).get('/')
    expect(answer.status).toBe(200)
    expect(answer.errors.match(/not closed/g)).toHaveLength(1)
  })

  test('are handed on chunk by chunk', async () => {
    let pulled = 0
    const app = cascade([
      async function* (_environ, startResponse) {
        startResponse('200 OK', [])
        for (;;) yield String(++pulled)
      },
      never,
    ])
    const body = (await app(createEnviron('/'), () => () => {})) as AsyncIterable<string>
    for await (const chunk of body) if (chunk === '3') break
    expect(pulled).toBe(3)
  })
})

describe('the request body', () => {
  const echo: Application = async (environ, startResponse) => {
    startResponse('200 OK', [])
    return environ['stapel.context'].read()
  }

  test('that nobody has read is there for the last', async () => {
    const answer = await new Client(cascade([answers('404 A'), echo])).post('/', { body: 'content' })
    expect(answer.text()).toBe('content')
  })

  test('that was read by stapel.context.read is there for the next, in either way', async () => {
    const reads: Application = async (environ, startResponse) => {
      startResponse('404 Not Found', [])
      return environ['stapel.context'].read()
    }
    const iterates: Application = async function* (environ, startResponse) {
      startResponse('200 OK', [])
      yield* environ['wsgi.input']
    }
    for (const last of [echo, iterates]) {
      const client = new Client(cascade([validate(reads), validate(reads), validate(last)]))
      expect((await client.post('/', { body: 'content' })).text()).toBe('content')
    }
  })

  test('that was read from wsgi.input gives its reader the last word', async () => {
    const reads: Application = async (environ, startResponse) => {
      for await (const chunk of environ['wsgi.input']) if (chunk.length > 0) break
      startResponse('404 Not Found', [])
      return 'No such entry.'
    }
    const answer = await new Client(cascade([answers('404 A'), validate(reads), never])).post('/', {
      body: 'content',
    })
    expect([answer.status, answer.text()]).toEqual([404, 'No such entry.'])
  })

  test('that was read from wsgi.input gives its reader the last word also where it throws', async () => {
    const error = new NotFound('No such entry.')
    const app = cascade([
      async (environ) => {
        for await (const _ of environ['wsgi.input']);
        throw error
      },
      never,
    ])
    const environ = createEnviron('/', { method: 'POST', body: 'content' })
    await expect(app(environ, () => () => {})).rejects.toBe(error)
  })
})

// robustness.md U5
test('what an application leaves in environ reaches neither the next nor the layers outside', async () => {
  const environ = createEnviron('/a/b')
  const before = { ...environ }
  const seen: unknown[] = []
  const marks: Application = (inner, startResponse) => {
    seen.push(inner.REMOTE_USER, inner.SCRIPT_NAME)
    inner.REMOTE_USER = 'admin'
    inner.SCRIPT_NAME = '/a'
    inner.HTTP_HOST = 'evil.example'
    startResponse('404 Not Found', [])
    return ''
  }
  const app = cascade([marks, marks, marks])
  await app(environ, () => () => {})
  expect(seen).toEqual([undefined, '', undefined, '', undefined, ''])
  expect(environ).toEqual(before)
  expect(environ['wsgi.input']).toBe(before['wsgi.input'])
})

test('all share one context', async () => {
  const environ = createEnviron('/')
  const contexts: Environ['stapel.context'][] = []
  const notes: Application = (inner, startResponse) => {
    contexts.push(inner['stapel.context'])
    startResponse('404 Not Found', [])
    return ''
  }
  await cascade([notes, notes])(environ, () => () => {})
  expect(contexts).toEqual([environ['stapel.context'], environ['stapel.context']])
})

test('a client that leaves while the first chunk is awaited ends it', async () => {
  const controller = new AbortController()
  let closed = 0
  const app = cascade([
    (_environ, startResponse) => {
      startResponse('200 OK', [])
      return {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
        close: () => void closed++,
      }
    },
    never,
  ])
  const answer = app(createEnviron('/', { signal: controller.signal }), () => () => {})
  controller.abort()
  await expect(answer).rejects.toThrow(ClientDisconnected)
  expect(closed).toBe(1)
})

test('makes no promise where the applications make none', () => {
  const app = cascade([
    (_environ, startResponse) => {
      startResponse('404 Not Found', [])
      return ''
    },
    () => raise(new NotFound()),
    (_environ, startResponse) => {
      startResponse('200 OK', [])
      return 'now'
    },
  ])
  expect(app(createEnviron('/'), () => () => {})).toBe('now')
})

test('an outline shows what is asked', () => {
  const first: Application = function first() {
    return ''
  }
  const app = cascade([first, cascade([first])])
  expect(String(outline(app)).split('\n')).toEqual(['cascade', '  first', '  cascade', '    first'])
})

describe('refuses when it is made', () => {
  test.each([
    [[], {}, 'got [] for the applications; expected a list of at least one'],
    [undefined, {}, 'got undefined for the applications'],
    [never, {}, 'got the function never for the applications'],
    [[never, 'files'], {}, 'got "files" among the applications; expected a function'],
    [[never], { statuses: [] }, 'got [] for the option statuses; expected a list of at least one'],
    [[never], { statuses: [404.5] }, 'got [404.5] for the option statuses'],
    [[never], { statuses: [100] }, 'got [100] for the option statuses'],
    [[never], { statuses: 404 }, 'got 404 for the option statuses'],
    [[never], { catch: [404] }, 'got the unknown option "catch"; it knows statuses'],
  ])('%j with %j', (apps, options, message) => {
    const make = () => cascade(apps as Application[], options as CascadeOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})

function raise(error: unknown): never {
  throw error
}
