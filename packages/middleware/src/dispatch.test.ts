import { type Application, type Environ, NotFound, outline, stack, validate } from '@stapel/core'
import { applicationShapes, Client, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DispatchMounts, type DispatchOptions, dispatch } from './dispatch.ts'

/** Says its name and the two halves of the path. */
function say(name: string): Application {
  return validate((environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return `${name} ${environ.SCRIPT_NAME}|${environ.PATH_INFO}`
  })
}

const never: Application = () => {
  throw new Error('This application was called.')
}

describe('by path', () => {
  const client = new Client(
    dispatch({ '/shop': say('shop'), '/shop/api/v1': say('api'), '/blog': say('blog') }),
  )

  test.each([
    ['/shop', 'shop /shop|'],
    ['/shop/', 'shop /shop|/'],
    ['/shop/cart', 'shop /shop|/cart'],
    ['/shop/api', 'shop /shop|/api'],
    ['/shop/api/v1', 'api /shop/api/v1|'],
    ['/shop/api/v1/items//7/', 'api /shop/api/v1|/items//7/'],
    ['/shop/api/v10', 'shop /shop|/api/v10'],
    ['/shop//api/v1', 'shop /shop|//api/v1'],
    ['/blog/a%2Fb', 'blog /blog|/a%2Fb'],
    ['/%73hop/x', 'shop /shop|/x'],
    ['/blog/../shop/x', 'shop /shop|/x'],
  ])('%s goes to %s', async (path, expected) => {
    expect((await client.get(path)).text()).toBe(expected)
  })

  // robustness.md P3: a guard outside and the mount compare the same path.
  test.each(['/', '/shopping', '/Shop', '/shop%2Fx', '/%2Fshop', '/blogs/shop', '//shop'])(
    '%s is nowhere',
    async (path) => {
      const app = dispatch({ '/shop': never, '/blog': never })
      expect((await new Client(app).get(path)).status).toBe(404)
    },
  )

  test('the default gets the path as it is', async () => {
    const app = dispatch({ '/shop': never }, { default: say('pages') })
    expect((await new Client(app).get('/shopping')).text()).toBe('pages |/shopping')
  })

  test('prefixes are brought to normal form', async () => {
    const app = dispatch({ '/%61/über': say('one'), '/a/./b/../c/': say('two') })
    expect((await new Client(app).get('/a/%C3%BCber/x')).text()).toBe('one /a/%C3%BCber|/x')
    expect((await new Client(app).get('/a/c')).text()).toBe('two /a/c|')
  })

  test('OPTIONS * goes to the default', async () => {
    const app = dispatch({ '/shop': never }, { default: say('pages') })
    const environ = createEnviron('*', { method: 'OPTIONS' })
    expect(await app(environ, () => () => {})).toBe('pages |')
  })

  test('dispatchers and their SCRIPT_NAME nest', async () => {
    const app = dispatch({ '/a': dispatch({ '/b': dispatch({ '/c': say('inner') }) }) })
    expect((await new Client(app).get('/a/b/c/d')).text()).toBe('inner /a/b/c|/d')
  })

  test('looks at no more segments than a mount has', () => {
    const path = `/a${'/'.repeat(100_000)}`
    let slices = 0
    const counted = Object.assign(new String(path), {
      slice: (start: number, end: number) => {
        slices++
        return path.slice(start, end)
      },
    }) as unknown as string
    const app = dispatch({ '/a/b/c': never }, { default: () => '' })
    app({ ...createEnviron('/'), PATH_INFO: counted }, () => () => {})
    expect(slices).toBe(3)
  })

  test('is what a comparison segment by segment finds', async () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { selector: String, minLength: 1 }), path, async (all, asked) => {
        const mounts = Object.fromEntries(all.map((parts) => [`/${parts.join('/')}`, say(parts.join('/'))]))
        const best = all
          .filter((parts) => parts.every((part, i) => part === asked[i]))
          .sort((a, b) => b.length - a.length)[0]
        const answer = await new Client(dispatch(mounts)).get(`/${asked.join('/')}`)
        expect(answer.status).toBe(best === undefined ? 404 : 200)
        if (best !== undefined) expect(answer.text()).toMatch(new RegExp(`^${best.join('/')} /`))
      }),
    )
  })
})

describe('by host', () => {
  const mounts: DispatchMounts = {
    'example.org': say('name'),
    'example.org:8080': say('port'),
    '*.example.org': say('below'),
    '*.api.example.org/v1': say('deep'),
    '.example.net': say('both'),
    'www.example.net/shop': say('shop'),
    '[::1]:8000': say('address'),
    '/shop': say('every'),
  }
  const app = dispatch(mounts, { default: say('default') })

  test.each([
    ['example.org', '/', 'name |/'],
    ['EXAMPLE.org.', '/shop', 'name |/shop'],
    ['example.org:80', '/', 'name |/'],
    ['example.org:8080', '/', 'port |/'],
    ['example.org:8081', '/', 'name |/'],
    ['www.example.org', '/', 'below |/'],
    ['a.b.example.org', '/', 'below |/'],
    ['x.api.example.org', '/v1/y', 'deep /v1|/y'],
    ['x.api.example.org', '/v2/y', 'below |/v2/y'],
    ['example.net', '/shop', 'both |/shop'],
    ['www.example.net', '/shop/x', 'shop /shop|/x'],
    ['www.example.net', '/', 'both |/'],
    ['[0:0:0::1]:8000', '/', 'address |/'],
    ['[::1]:8001', '/shop', 'every /shop|'],
    ['notexample.org', '/shop', 'every /shop|'],
    ['example.org.evil.example', '/', 'default |/'],
    ['other.example', '/', 'default |/'],
  ])('%s with %s goes to %s', async (Host, path, expected) => {
    expect((await new Client(app).get(path, { headers: { Host } })).text()).toBe(expected)
  })

  // A gateway lets none of these through; what a layer outside puts there may be anything. robustness.md O1
  test.each([
    '',
    '.example.net',
    '*.example.org',
    'a..example.org',
    'evil@example.org',
    'example.org:x',
    'example.org/x',
    'exämple.org',
    `${'a.'.repeat(8000)}example.org`,
  ])('the malformed host %.20j is none', async (HTTP_HOST) => {
    const body = await app({ ...createEnviron('/'), HTTP_HOST }, () => () => {})
    expect(body).toBe('default |/')
  })

  test('a request without a host gets what is mounted for every host', async () => {
    const environ = createEnviron('/shop/x', { environ: { SERVER_PROTOCOL: 'HTTP/1.0' } })
    delete environ.HTTP_HOST
    expect(await app(environ, () => () => {})).toBe('every /shop|/x')
  })

  test('the port that is usual for the scheme need not be sent', async () => {
    const secure = dispatch({ 'example.org:443': say('secure') }, { default: say('plain') })
    const client = new Client(secure)
    expect((await client.get('https://example.org/')).text()).toBe('secure |/')
    expect((await client.get('http://example.org/')).text()).toBe('plain |/')
  })

  test('the very name goes before a domain that stands for itself too, in whichever order they are given', async () => {
    for (const keys of [
      ['example.org', '.example.org'],
      ['.example.org', 'example.org'],
    ]) {
      const both = dispatch(Object.fromEntries(keys.map((key) => [key, say(key)])))
      expect((await new Client(both).get('/', { headers: { Host: 'example.org' } })).text()).toBe(
        'example.org |/',
      )
    }
  })
})

// robustness.md U5
describe('the environ of the layers outside', () => {
  test('stays as it is, also after an error and while a body is read', async () => {
    let outer: Environ | undefined
    const seen: string[] = []
    const app = stack(
      dispatch({
        '/throws': () => {
          throw new NotFound()
        },
        '/streams': async function* (environ, startResponse) {
          startResponse('200 OK', [])
          yield 'a'
          seen.push(`${environ.SCRIPT_NAME}|${environ.PATH_INFO}`, outer?.PATH_INFO ?? '')
        },
      }),
      (inner) => (environ, startResponse) => {
        outer = environ
        return inner(environ, startResponse)
      },
    )
    const client = new Client(app)
    expect((await client.get('/throws/x')).status).toBe(404)
    expect([outer?.SCRIPT_NAME, outer?.PATH_INFO]).toEqual(['', '/throws/x'])
    await client.get('/streams/y')
    expect(seen).toEqual(['/streams|/y', '/streams/y'])
  })

  test('shares its context with the copy', () => {
    const environ = createEnviron('/a/b')
    let inner: Environ | undefined
    dispatch({
      '/a': (given) => {
        inner = given
        return ''
      },
    })(environ, () => () => {})
    expect(inner).not.toBe(environ)
    expect(inner?.['stapel.context']).toBe(environ['stapel.context'])
  })
})

test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
  const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
  const answer = await new Client(dispatch({ '/a': validate(inner) })).get('/a')
  expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'one, two'])
})

test('an outline shows what is mounted where', () => {
  const shop: Application = function shop() {
    return ''
  }
  const layer = function layer(inner: Application): Application {
    return (environ, startResponse) => inner(environ, startResponse)
  }
  const app = stack(
    dispatch({ '/shop': stack(shop, layer), 'a.example': dispatch({ '/b': shop }) }, { default: shop }),
    layer,
  )
  expect(String(outline(app)).split('\n')).toEqual([
    'layer',
    '  dispatch',
    '    /shop',
    '      layer',
    '        shop',
    '    a.example',
    '      dispatch',
    '        /b',
    '          shop',
    '    default',
    '      shop',
  ])
})

describe('refuses when it is made', () => {
  test.each([
    [undefined, {}, 'got undefined for the mounts; expected an object'],
    [{}, {}, 'got {} for the mounts; expected an object of at least one'],
    [[never], {}, 'got [the function never] for the mounts'],
    [{ '/a': 'a' }, {}, 'got "a" for the mount "/a"; expected an application'],
    [
      { '/': never },
      {},
      'got the mount "/", which is everything; give that application as the option default',
    ],
    [{ '': never }, {}, 'which is everything'],
    [{ '/a/..': never }, {}, 'which is everything'],
    [{ '/..': never }, {}, 'got the mount "/.."; expected the beginning of a path'],
    [{ '//a': never }, {}, 'got the mount "//a"'],
    [{ '/a//b': never }, {}, 'got the mount "/a//b"'],
    [{ '/a//': never }, {}, 'got the mount "/a//"'],
    [{ '/a?b': never }, {}, 'got the mount "/a?b"'],
    [{ '/a#b': never }, {}, 'got the mount "/a#b"'],
    [{ '/%zz': never }, {}, 'got the mount "/%zz"'],
    [{ '/a%00': never }, {}, 'got the mount "/a%00"'],
    [{ 'http://example.org/a': never }, {}, 'got the mount "http://example.org/a"'],
    [{ '*/a': never }, {}, 'got the mount "*/a"'],
    [{ 'a b/c': never }, {}, 'got the mount "a b/c"'],
    [{ 'example.org//a': never }, {}, 'got the mount "example.org//a"'],
    [{ '/a': never, '/%61': never }, {}, 'got the mount "/%61" twice'],
    [{ '/a': never, '/a/': never }, {}, 'got the mount "/a/" twice'],
    [{ 'a.example': never, 'A.example./': never }, {}, 'got the mount "A.example./" twice'],
    [{ '*.a.example': never, '.a.example': never }, {}, 'got the mount ".a.example" twice'],
    [{ '/a': never }, { default: 'b' }, 'got "b" for the option default; expected an application'],
    [{ '/a': never }, { fallback: never }, 'got the unknown option "fallback"; it knows default'],
  ])('%j with %j', (mounts, options, message) => {
    const make = () => dispatch(mounts as DispatchMounts, options as DispatchOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
