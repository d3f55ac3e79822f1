import { type Application, type Environ, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { hostOf } from './host-rules.ts'
import { int, Router } from './index.ts'

/** Answers with what was captured. */
const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(environ['stapel.params'] ?? {})
}

/** Answers with its own name. */
function says(name: string): Application {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return name
  }
}

function clientOf(router: Router): (host: string, path?: string) => Promise<string> {
  const client = new Client(validate(router.app))
  return async (host, path = '/') => {
    const answer = await client.get(path, { headers: { Host: host } })
    return answer.status === 200 ? answer.text() : String(answer.status)
  }
}

function patternOf(router: Router, host: string | undefined, path = '/'): string | undefined {
  const { rule } = router.match('GET', path, host)
  return rule && `${rule.host ?? ''}${rule.pattern}`
}

describe('a rule with a host', () => {
  test('answers on this host alone, whatever the letters, the port and the dot at the end', async () => {
    const ask = clientOf(new Router().get('/', says('api'), { host: 'api.example.org' }))
    expect(await ask('api.example.org')).toBe('api')
    expect(await ask('API.Example.org')).toBe('api')
    expect(await ask('api.example.org:8080')).toBe('api')
    expect(await ask('api.example.org.')).toBe('api')
    expect(await ask('www.example.org')).toBe('404')
    expect(await ask('api.example.org.evil.example')).toBe('404')
  })

  test('gives the parameters of its host beside those of its path', async () => {
    const router = new Router().get('/users/:id', show, {
      host: ':tenant.example.org',
      convert: { id: int() },
    })
    expect(await clientOf(router)('acme.example.org', '/users/7')).toBe('{"id":7,"tenant":"acme"}')
  })

  test('converts the parameters of its host', () => {
    const router = new Router().get('/', show, { host: 's:shard.example.org', convert: { shard: int() } })
    expect(router.match('GET', '/', 's12.example.org')).toMatchObject({ params: { shard: 12 } })
    expect(router.match('GET', '/', 'sx.example.org')).toMatchObject({ status: 404 })
  })

  test('takes hosts in their form in ASCII', () => {
    const router = new Router().get('/', show, { host: 'bücher.example' })
    expect(router.match('GET', '/', 'xn--bcher-kva.example').rule?.host).toBe('bücher.example')
  })

  test('takes an IPv6 address, in any spelling', () => {
    const router = new Router().get('/', show, { host: '[::1]' })
    expect(router.match('GET', '/', '[::1]:8080').rule?.host).toBe('[::1]')
    expect(router.match('GET', '/', '[0:0:0:0:0:0:0:1]').rule?.host).toBe('[::1]')
  })

  test('goes before rules without one', () => {
    const router = new Router().get('/', show).get('/', show, { host: 'example.org' })
    expect(patternOf(router, 'example.org')).toBe('example.org/')
    expect(patternOf(router, 'other.example')).toBe('/')
    expect(patternOf(router, undefined)).toBe('/')
  })

  test('goes before a more specific path without a host', () => {
    const router = new Router().get('/about', show).get('/:page', show, { host: 'example.org' })
    expect(patternOf(router, 'example.org', '/about')).toBe('example.org/:page')
  })

  test('leaves to other rules what it does not match', () => {
    const router = new Router()
      .get('/a', show, { host: 'www.example.org' })
      .get('/b', show, { host: ':sub.example.org' })
      .get('/c', show)
    expect(patternOf(router, 'www.example.org', '/a')).toBe('www.example.org/a')
    expect(patternOf(router, 'www.example.org', '/b')).toBe(':sub.example.org/b')
    expect(patternOf(router, 'www.example.org', '/c')).toBe('/c')
    expect(patternOf(router, 'www.example.org', '/d')).toBeUndefined()
  })

  test('that is the more specific goes first, whenever it was added', () => {
    const hosts = ['*any.example.org', ':sub.example.org', 'w:x.example.org', 'www.example.org']
    for (const order of [hosts, hosts.toReversed()]) {
      const router = new Router().add(order.map((host) => ({ pattern: '/', app: show, host })))
      expect(patternOf(router, 'www.example.org')).toBe('www.example.org/')
      expect(patternOf(router, 'wiki.example.org')).toBe('w:x.example.org/')
      expect(patternOf(router, 'blog.example.org')).toBe(':sub.example.org/')
      expect(patternOf(router, 'a.blog.example.org')).toBe('*any.example.org/')
    }
  })

  test('is refused where another one has the same host and path', () => {
    const router = new Router().get('/:a', show, { host: ':t.example.org' })
    expect(() => router.get('/:b', show, { host: ':t.example.org' })).toThrow(
      'No request can tell GET :t.example.org/:b from GET :t.example.org/:a',
    )
    expect([...router]).toHaveLength(1)
  })

  test('of which a part may be absent is refused as a whole where one way is taken', () => {
    const router = new Router().get('/', show, { host: 'example.org' })
    expect(() => router.get('/', show, { host: '{www.}example.org', name: 'home' })).toThrow(
      'No request can tell',
    )
    expect(patternOf(router, 'www.example.org')).toBeUndefined()
    expect(() => router.url('home')).toThrow('no rule is called')
  })

  test('of which a part may be absent answers with and without it', () => {
    const router = new Router().get('/', show, { host: '{www.}example.org' })
    expect(patternOf(router, 'example.org')).toBe('{www.}example.org/')
    expect(patternOf(router, 'www.example.org')).toBe('{www.}example.org/')
  })

  test('may not have a parameter of the path again', () => {
    expect(() => new Router().get('/:id', show, { host: ':id.example.org' })).toThrow(
      'Got the parameter id both in the host :id.example.org and in the path /:id; rename one.',
    )
  })

  test('may be mounted', async () => {
    const inner = new Router().get('/', show)
    const router = new Router().mount('/t', inner, { host: ':tenant.example.org' })
    expect(await clientOf(router)('acme.example.org', '/t/')).toBe('{"tenant":"acme"}')
    expect(await clientOf(router)('example.org', '/t/')).toBe('404')
  })
})

describe('methods', () => {
  test('of all hosts that match are allowed', () => {
    const router = new Router()
      .get('/', show, { host: 'www.example.org' })
      .post('/', show, { host: ':sub.example.org' })
      .put('/', show)
      .delete('/', show, { host: 'other.example' })
    expect(router.match('PATCH', '/', 'www.example.org')).toEqual({
      rule: undefined,
      status: 405,
      allow: ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'],
    })
    expect(router.match('OPTIONS', '/', 'a.example.org')).toMatchObject({
      status: 204,
      allow: ['OPTIONS', 'POST', 'PUT'],
    })
  })

  test('are taken of a less specific host where the more specific one lacks them', () => {
    const router = new Router().get('/', show, { host: 'www.example.org' }).post('/', show)
    expect(router.match('POST', '/', 'www.example.org').rule?.host).toBeUndefined()
  })
})

describe('slashes', () => {
  test('redirect to the rules of the host that is asked', () => {
    const router = new Router().get('/a/', show, { host: 'a.example' }).get('/b/', show)
    expect(router.match('GET', '/a', 'a.example')).toMatchObject({ status: 308, location: '/a/' })
    expect(router.match('GET', '/b', 'a.example')).toMatchObject({ status: 308, location: '/b/' })
    expect(router.match('GET', '/a', 'b.example')).toMatchObject({ status: 404 })
  })

  test('do not redirect past the fallback of a more specific host', () => {
    const router = new Router().mount('/', show, { host: 'a.example' }).get('/b/', show)
    expect(router.match('GET', '/b', 'a.example').rule?.mounted).toBe(true)
  })
})

describe('unknownHost', () => {
  test('answers every request for a host that no pattern matches', async () => {
    const router = new Router({ unknownHost: says('unknown') })
      .get('/', says('api'), { host: 'api.example.org' })
      .get('/', says('any'))
      .get('/about', says('about'))
    const ask = clientOf(router)
    expect(await ask('api.example.org')).toBe('api')
    expect(await ask('api.example.org', '/about')).toBe('about')
    expect(await ask('evil.example')).toBe('unknown')
    expect(await ask('evil.example', '/about')).toBe('unknown')
    expect(router.match('GET', '/about', 'evil.example')).toEqual({ rule: undefined, status: 404, allow: [] })
    expect(router.match('GET', '/about', 'api.example.org').rule?.pattern).toBe('/about')
  })

  test('is asked before any rule, where there are no host patterns too', async () => {
    expect(await clientOf(new Router({ unknownHost: says('unknown') }).get('/', show))('a.example')).toBe(
      'unknown',
    )
  })

  test('must be an application', () => {
    expect(() => new Router({ unknownHost: 'a' as never })).toThrow(
      new TypeError('Got "a" for unknownHost of a router; expected an application, which is a function.'),
    )
    expect(() => new Router({ unknownHost: new Router() as never })).toThrow(
      'Got an object of class Router for unknownHost of a router; expected an application, which is a function. Hand on its member app',
    )
  })
})

describe('the host of a request', () => {
  test('is that of the listening side where the request names none', async () => {
    const router = new Router().get('/', says('local'), { host: 'local.example' })
    const app: Application = (environ, startResponse) => {
      const { HTTP_HOST: _host, ...rest } = environ
      return router.app({ ...(rest as Environ), SERVER_NAME: 'local.example' }, startResponse)
    }
    expect((await new Client(app).get('/')).text()).toBe('local')
  })

  test('has brackets where it is an IPv6 address', () => {
    expect(hostOf({ SERVER_NAME: '::1' } as Environ)).toBe('[::1]')
    expect(hostOf({ SERVER_NAME: '[::1]' } as Environ)).toBe('[::1]')
    expect(hostOf({ SERVER_NAME: '127.0.0.1', HTTP_HOST: 'example.org' } as unknown as Environ)).toBe(
      'example.org',
    )
  })

  test('that is malformed matches no pattern', () => {
    const router = new Router().get('/', show, { host: '*any' }).get('/', show)
    for (const host of [
      '',
      'a b',
      'user@example.org',
      'example.org/x',
      '[::1',
      'a..b',
      `${'a.'.repeat(200)}b`,
    ]) {
      expect(patternOf(router, host), host).toBe('/')
    }
  })
})
