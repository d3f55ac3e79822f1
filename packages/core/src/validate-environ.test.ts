import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import type { Application, Environ } from './protocol.ts'
import { validate } from './validate.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return 'Hello'
}

const app = validate(hello, { name: 'hello' })

/** Calls the application with an environ that has these keys instead of its own. */
function callWith(changes: Record<string, unknown>): unknown {
  return app({ ...createEnviron('/'), ...changes } as Environ, () => () => {})
}

test('2: an environ that keeps every rule passes', () => {
  const environ = createEnviron('/a/b?c=d', {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain', Cookie: 'a=b', 'X-Any': '' },
    body: 'content',
    environ: {
      SCRIPT_NAME: '/mount',
      'stapel.params': { id: 1 },
      'stapel.own': undefined,
    },
  })
  expect(app(environ, () => () => {})).toBe('Hello')
})

test('2: what is missing is named, and the caller blamed', () => {
  const { QUERY_STRING: _, ...environ } = createEnviron('/')
  expect(() => app(environ as Environ, () => () => {})).toThrow(
    'the gateway or the layer outside hello: environ lacks QUERY_STRING. (protocol 2)',
  )
})

describe('2: the object', () => {
  test('anything but an object is refused', () => {
    expect(() => app(null as never, () => () => {})).toThrow('Got null for environ; expected an object.')
  })

  test('an object of a class is refused, one without a prototype passes', () => {
    class Request {}
    const instance = Object.assign(new Request(), createEnviron('/')) as unknown as Environ
    expect(() => app(instance, () => () => {})).toThrow(
      'environ is an object of class Request; expected a plain object.',
    )
    const bare = Object.assign(Object.create(null), createEnviron('/')) as Environ
    expect(app(bare, () => () => {})).toBe('Hello')
  })

  test('a frozen environ is refused', () => {
    expect(() => app(Object.freeze(createEnviron('/')), () => () => {})).toThrow(
      'environ is frozen or sealed',
    )
  })

  test('an accessor is refused', () => {
    const environ = Object.defineProperty(createEnviron('/'), 'HTTP_HOST', {
      get: () => 'localhost',
      enumerable: true,
      configurable: true,
    })
    expect(() => app(environ, () => () => {})).toThrow('HTTP_HOST is an accessor; expected a data property.')
  })

  test('a property that a spread would miss is refused', () => {
    const environ = Object.defineProperty(createEnviron('/'), 'HTTP_HOST', {
      value: 'localhost',
      enumerable: false,
      writable: true,
      configurable: true,
    })
    expect(() => app(environ, () => () => {})).toThrow('HTTP_HOST cannot be changed, deleted or copied')
  })

  test('an inherited key is missing', () => {
    const { SERVER_NAME, ...environ } = createEnviron('/')
    // The prototype of plain objects is the only one there may be, so that is where it has to stand.
    const inherited = Object.assign(
      Object.create(Object.create(null, { SERVER_NAME: { value: SERVER_NAME } })),
      environ,
    )
    expect(() => app(inherited as Environ, () => () => {})).toThrow('environ lacks SERVER_NAME.')
  })
})

describe('2: values that pass', () => {
  test.each([
    { key: 'REQUEST_METHOD', value: 'PROPFIND' },
    { key: 'REQUEST_METHOD', value: 'purge' },
    { key: 'SCRIPT_NAME', value: '/a/b%2Fc' },
    { key: 'PATH_INFO', value: '//a//' },
    { key: 'PATH_INFO', value: '/%zz' },
    { key: 'PATH_INFO', value: "/-._~!$&'()*+,;=:@" },
    { key: 'QUERY_STRING', value: '?a=%20&b[]=1' },
    { key: 'CONTENT_TYPE', value: '' },
    { key: 'CONTENT_LENGTH', value: '0' },
    { key: 'SERVER_PROTOCOL', value: 'HTTP/2.0' },
    { key: 'HTTP_X_LATIN', value: 'caf\xe9' },
    { key: 'wsgi.url_scheme', value: 'https' },
    { key: 'wsgi.file_wrapper', value: () => '' },
    { key: 'wsgi.websocket', value: { accept() {} } },
    { key: 'REMOTE_USER', value: 'ada' },
    { key: 'stapel.anything', value: null },
    { key: 'own.extension', value: 1 },
  ])('$key: $value', ({ key, value }) => {
    expect(callWith({ [key]: value })).toBe('Hello')
  })
})

describe('2: values that are refused', () => {
  test.each([
    { key: 'REQUEST_METHOD', value: '' },
    { key: 'REQUEST_METHOD', value: 'get' },
    { key: 'REQUEST_METHOD', value: 'GET /' },
    { key: 'SCRIPT_NAME', value: '/' },
    { key: 'SCRIPT_NAME', value: '/a/' },
    { key: 'SCRIPT_NAME', value: 'a' },
    { key: 'PATH_INFO', value: 'a' },
    { key: 'PATH_INFO', value: undefined },
    { key: 'PATH_INFO', value: '/%61dmin' },
    { key: 'PATH_INFO', value: '/%c3%bc' },
    { key: 'PATH_INFO', value: '/a/../b' },
    { key: 'PATH_INFO', value: '/..' },
    { key: 'PATH_INFO', value: '/a b' },
    { key: 'PATH_INFO', value: '/ü' },
    { key: 'PATH_INFO', value: '/%00' },
    { key: 'REQUEST_URI', value: '' },
    { key: 'QUERY_STRING', value: 'a b' },
    { key: 'QUERY_STRING', value: 'ü' },
    { key: 'CONTENT_TYPE', value: undefined },
    { key: 'CONTENT_LENGTH', value: '+1' },
    { key: 'CONTENT_LENGTH', value: '' },
    { key: 'CONTENT_LENGTH', value: 1 },
    { key: 'HTTP_CONTENT_TYPE', value: 'text/plain' },
    { key: 'HTTP_CONTENT_LENGTH', value: '1' },
    { key: 'HTTP_x_lower', value: 'a' },
    { key: 'HTTP_X-DASH', value: 'a' },
    { key: 'HTTP_X_BROKEN', value: 'a\r\nb' },
    { key: 'HTTP_X_LIST', value: ['a'] },
    { key: 'HTTP_X_GONE', value: undefined },
    { key: 'SERVER_NAME', value: '' },
    { key: 'SERVER_PORT', value: 80 },
    { key: 'SERVER_PORT', value: 'http' },
    { key: 'SERVER_PROTOCOL', value: 'http/1.1' },
    { key: 'REMOTE_ADDR', value: undefined },
    { key: 'REMOTE_PORT', value: 1 },
    { key: 'REMOTE_USER', value: 1 },
    { key: 'wsgi.version', value: [1, 1] },
    { key: 'wsgi.version', value: '1.0' },
    { key: 'wsgi.url_scheme', value: 'ftp' },
    { key: 'wsgi.input', value: [] },
    { key: 'wsgi.input', value: null },
    { key: 'wsgi.errors', value: { write() {} } },
    { key: 'wsgi.multithread', value: 0 },
    { key: 'wsgi.multiprocess', value: undefined },
    { key: 'wsgi.run_once', value: 'no' },
    { key: 'wsgi.file_wrapper', value: true },
    { key: 'wsgi.file_wrapper', value: { send() {} } },
    { key: 'wsgi.websocket', value: null },
    { key: 'wsgi.websocket', value: {} },
    { key: 'wsgi.websocket', value: () => {} },
    { key: 'stapel.params', value: 'id' },
    { key: 'stapel.context', value: null },
    { key: 'stapel.context', value: { read() {} } },
    { key: 'stapel.context', value: { signal: undefined } },
    { key: 'stapel.params', value: null },
  ])('$key: $value', ({ key, value }) => {
    expect(() => callWith({ [key]: value })).toThrow(
      expect.objectContaining({
        name: 'ProtocolError',
        clause: '2',
        layer: 'the gateway or the layer outside hello',
        message: expect.stringContaining(key),
      }),
    )
  })
})

test('2: the path may be empty for OPTIONS * only', () => {
  expect(app(createEnviron('*', { method: 'OPTIONS' }), () => () => {})).toBe('Hello')
  expect(() => app(createEnviron('*', { method: 'GET' }), () => () => {})).toThrow(
    'SCRIPT_NAME and PATH_INFO are both empty',
  )
  expect(callWith({ SCRIPT_NAME: '/mount', PATH_INFO: '' })).toBe('Hello')
})

test('2: the signal is not made by the check', () => {
  const context = {
    get signal(): AbortSignal {
      throw new Error('The signal was made.')
    },
    read: async () => new Uint8Array(0),
  }
  expect(callWith({ 'stapel.context': context })).toBe('Hello')
})

test('2: the application gets a copy with everything that was handed in', () => {
  const environ = createEnviron('/', { environ: { 'stapel.own': 1 } })
  let seen: Environ | undefined
  validate((given, startResponse) => {
    seen = given
    return hello(given, startResponse)
  })(environ, () => () => {})
  expect(seen).not.toBe(environ)
  expect(Object.keys(seen as Environ)).toEqual(Object.keys(environ))
  expect(seen?.['stapel.context']).toBe(environ['stapel.context'])
})

describe('2: what the application changes in place', () => {
  /** Calls an application and gives what became of environ. */
  function after(app: Application, environ: Environ = createEnviron('/a')): Environ {
    validate(app, { name: 'app' })(environ, () => () => {})
    return environ
  }

  test('2: assignment and deletion reach the layers outside', () => {
    const environ = after(
      (given, startResponse) => {
        given['stapel.user'] = 'ada'
        Object.assign(given, { REMOTE_USER: 'ada' })
        given.HTTP_HOST = 'other'
        delete given.HTTP_X_SECRET
        return hello(given, startResponse)
      },
      createEnviron('/a', { headers: { 'X-Secret': 'a' } }),
    )
    expect(environ).toMatchObject({ 'stapel.user': 'ada', REMOTE_USER: 'ada', HTTP_HOST: 'other' })
    expect('HTTP_X_SECRET' in environ).toBe(false)
  })

  test('2: a layer outside sees it when startResponse is called, and what it changes itself stays', () => {
    const seen: unknown[] = []
    const environ = createEnviron('/')
    const app = validate((given, startResponse) => {
      given['stapel.user'] = 'ada'
      return hello(given, startResponse)
    })
    app(environ, () => {
      seen.push(environ['stapel.user'])
      environ['stapel.user'] = 'grace'
      return () => {}
    })
    expect(seen).toEqual(['ada'])
    expect(environ['stapel.user']).toBe('grace')
  })

  test('2: a key that is set to undefined is there', () => {
    const environ = after((given, startResponse) => {
      given['stapel.own'] = undefined
      return hello(given, startResponse)
    })
    expect('stapel.own' in environ).toBe(true)
  })

  test('2: what a failing application has changed is seen, too', () => {
    const environ = createEnviron('/')
    const failing: Application = (given) => {
      given['stapel.user'] = 'ada'
      throw new Error('failed')
    }
    expect(() => after(failing, environ)).toThrow('failed')
    expect(environ['stapel.user']).toBe('ada')
  })

  test('2: what is changed between startResponse and a body is seen before that is read', () => {
    const environ = after((given, startResponse) => {
      startResponse('200 OK', [])
      given['stapel.user'] = 'ada'
      return new Set(['Hello'])
    })
    expect(environ['stapel.user']).toBe('ada')
  })

  test('2: a generator that changes it while it runs is seen at its end', () => {
    const environ = createEnviron('/')
    const body = validate(function* (given, startResponse) {
      startResponse('200 OK', [])
      yield 'one'
      given['stapel.bytes'] = 3
    })(environ, () => () => {}) as Iterable<string> & { close(): void }
    for (const _ of body);
    body.close()
    expect(environ['stapel.bytes']).toBe(3)
  })

  test.each([
    { key: 'SCRIPT_NAME', value: '/mount' },
    { key: 'PATH_INFO', value: '/b' },
    { key: 'stapel.context', value: { signal: undefined, read() {} } },
  ])('2: $key is to be changed in a copy', ({ key, value }) => {
    const environ = createEnviron('/a')
    const before = environ[key as 'PATH_INFO']
    const app: Application = (given, startResponse) => {
      Object.assign(given, { [key]: value })
      return hello(given, startResponse)
    }
    expect(() => after(app, environ)).toThrow(
      expect.objectContaining({
        clause: '2',
        layer: 'app',
        message: expect.stringContaining(`Changed ${key} in the environ that it got`),
      }),
    )
    expect(environ[key as 'PATH_INFO']).toBe(before)
  })

  test('2: deleting one of these is, too', () => {
    const app: Application = (given, startResponse) => {
      delete (given as Partial<Environ>).PATH_INFO
      return hello(given, startResponse)
    }
    expect(() => after(app)).toThrow('Changed PATH_INFO')
  })

  test('2: a layer that changes them in a copy passes', () => {
    const mount: Application = (given, startResponse) =>
      app({ ...given, SCRIPT_NAME: '/a', PATH_INFO: '/', 'stapel.params': {} }, startResponse)
    const environ = createEnviron('/a/')
    after(mount, environ)
    expect(environ.PATH_INFO).toBe('/a/')
    expect('stapel.params' in environ).toBe(false)
  })
})

describe('2: an environ that a validated layer outside was handed', () => {
  /** What a layer hands on is checked like the environ of a gateway, however little of it is new. */
  function handOn(change: (given: Environ) => unknown): unknown {
    const layer: Application = (given, startResponse) => app(change(given) as Environ, startResponse)
    return validate(layer, { name: 'layer' })(createEnviron('/', { headers: { 'X-A': 'a' } }), () => () => {})
  }

  test.each<{ what: string; change: (given: Environ) => unknown }>([
    { what: 'itself', change: (given) => given },
    { what: 'a copy', change: (given) => ({ ...given }) },
    { what: 'a copy with new keys in front', change: (given) => ({ 'stapel.a': 1, ...given }) },
    { what: 'a copy without some', change: ({ HTTP_X_A: _, ...given }) => given },
    { what: 'a copy without a prototype', change: (given) => Object.assign(Object.create(null), given) },
  ])('2: $what passes', ({ change }) => {
    expect(handOn(change)).toBe('Hello')
  })

  test.each<{ what: string; change: (given: Environ) => unknown }>([
    { what: 'changed in place', change: (given) => Object.assign(given, { HTTP_X_A: 1 }) },
    { what: 'changed in a copy', change: (given) => ({ ...given, HTTP_X_A: undefined }) },
    { what: 'new in front', change: (given) => ({ 'HTTP_X-B': 'b', ...given }) },
    { what: 'new and undefined', change: (given) => ({ HTTP_X_B: undefined, ...given }) },
    { what: 'new at the end', change: (given) => ({ ...given, HTTP_X_B: 1 }) },
    { what: 'missing', change: ({ QUERY_STRING: _, ...given }) => given },
    {
      what: 'an accessor',
      change: (given) =>
        Object.defineProperty({ ...given }, 'HTTP_X_B', {
          get: () => 'b',
          enumerable: true,
          configurable: true,
        }),
    },
    {
      what: 'hidden',
      change: (given) => Object.defineProperty({ ...given }, 'HTTP_X_B', { value: 'b' }),
    },
    { what: 'frozen', change: (given) => Object.freeze({ ...given }) },
  ])('2: what is $what is refused', ({ change }) => {
    expect(() => handOn(change)).toThrow(
      expect.objectContaining({ clause: '2', layer: 'layer or a layer between it and hello' }),
    )
  })
})
