import type { Application } from '@stapel/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  FUNCTION_SIZE_LIMIT,
  GENERATE_AFTER,
  KEPT_SOURCE_LIMIT,
  TREE_SOURCE_LIMIT,
} from './generated-limits.ts'
import { type Converter, int, Router } from './index.ts'

const app: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return ''
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** The sources of matchers that were generated since. */
function watchSources(): { readonly list: readonly string[] } {
  const spy = vi.spyOn(globalThis, 'Function')
  return {
    get list() {
      return spy.mock.calls.map((given) => String(given.at(-1))).filter((code) => code.includes('walk('))
    },
  }
}

function ask(router: Pick<Router, 'match'>, path: string, times: number = GENERATE_AFTER): void {
  for (let i = 0; i < times; i++) router.match('GET', path)
}

describe('code is generated', () => {
  test('for a router that was asked often, and once', () => {
    const sources = watchSources()
    const router = new Router().get('/once/:id', app).get('/once/:id/more', app)
    ask(router, '/once/7', GENERATE_AFTER - 1)
    expect(sources.list).toHaveLength(0)
    ask(router, '/once/7')
    expect(sources.list).toHaveLength(1)
    ask(router, '/once/7/more')
    expect(sources.list).toHaveLength(1)
    expect(router.match('GET', '/once/7/more')).toMatchObject({ params: { id: '7' } })
  })

  test('never for paths without parameters, which are looked up', () => {
    const sources = watchSources()
    ask(new Router().get('/looked/up', app).get('/looked/:id', app), '/looked/up')
    expect(sources.list).toHaveLength(0)
  })

  test('anew when rules were added', () => {
    const sources = watchSources()
    const router: Router = new Router().get('/grows/:id', app)
    ask(router, '/grows/7')
    router.get('/grows/:id/:part', app)
    expect(router.match('GET', '/grows/7/x')).toMatchObject({ params: { id: '7', part: 'x' } })
    expect(sources.list).toHaveLength(1)
    ask(router, '/grows/7/x')
    expect(sources.list).toHaveLength(2)
    expect(router.match('GET', '/grows/7/x')).toMatchObject({ params: { id: '7', part: 'x' } })
    expect(router.match('GET', '/grows/7')).toMatchObject({ params: { id: '7' } })
  })

  test('for the texts that are asked, where too many for one function lead on from a place', () => {
    const sources = watchSources()
    const router: Router = new Router()
    const count = FUNCTION_SIZE_LIMIT * 2 + 1
    for (let i = 0; i < count; i++) router.get(`/${String(i).padStart(3, '0')}/:id/of${i}`, app)
    ask(router, '/003/7/of3', GENERATE_AFTER * 2)
    const source = sources.list.find((code) => code.includes('"003/"'))
    // Those that have the digit in which most differ, and what follows where there is room.
    expect(source).toContain('"103/"')
    expect(source).toContain('"of3"')
    expect(source).not.toContain('"004/"')
    expect(router.match('GET', '/003/7/of3').rule?.pattern).toBe('/003/:id/of3')
    expect(router.match('GET', '/004/7/of4').rule?.pattern).toBe('/004/:id/of4')
  })

  test('behind parameters and wildcards too', () => {
    const sources = watchSources()
    const convert = { n: int() }
    const router: Router = new Router()
    for (let i = 0; i <= FUNCTION_SIZE_LIMIT; i++) {
      router.get(`/:n/a${i}/:id`, app, { convert })
      router.get(`/:x/a${i}/:id/z`, app).get(`/*w/b${i}/:id`, app)
    }
    for (const path of ['/1/a1/i', '/x%20/a2/i/z', '/x/y/b3/i', '/1/b3/i']) {
      const before = router.match('GET', path)
      ask(router, path)
      expect(router.match('GET', path)).toEqual(before)
    }
    expect(sources.list).toHaveLength(4)
    expect(router.match('GET', '/x%20/a2/i%2F/z')).toMatchObject({ params: { x: 'x ', id: 'i/' } })
    expect(router.match('GET', '/1/a1/i')).toMatchObject({ params: { n: 1, id: 'i' } })
    expect(router.match('GET', '/x/y%20/b3/i')).toMatchObject({ params: { w: ['x', 'y '], id: 'i' } })
  })

  test('in several functions, none larger than one may be, which call each other', () => {
    const sources = watchSources()
    const router: Router = new Router()
    const names = Array.from({ length: 60 }, (_, i) => `part${i}`)
    for (const top of ['one', 'two', 'three', 'four'])
      for (const name of names) router.get(`/${top}/:id/:other/${name}`, app)
    for (const top of ['one', 'two', 'three', 'four']) ask(router, `/${top}/%61/b/part59`, GENERATE_AFTER * 2)
    expect(sources.list.length).toBeGreaterThan(1)
    for (const source of sources.list)
      expect(source.match(/new Found/g)?.length ?? 0).toBeLessThanOrEqual(FUNCTION_SIZE_LIMIT)
    for (const top of ['one', 'two', 'three', 'four']) {
      for (const name of names) {
        const pattern = `/${top}/:id/:other/${name}`
        expect(router.match('GET', `/${top}/%61/b/${name}`)).toMatchObject({
          rule: { pattern },
          params: { id: 'a', other: 'b' },
        })
      }
      expect(router.match('GET', `/${top}/7/8/part60`)).toMatchObject({ status: 404 })
      expect(router.match('GET', `/${top}/7/8`)).toMatchObject({ status: 404 })
      expect(router.match('POST', `/${top}/7/8/part1`)).toMatchObject({ status: 405 })
    }
  })

  test('in functions that count half an alternative for each text which leads to a call', () => {
    const sources = watchSources()
    const router: Router = new Router()
    const names = Array.from({ length: FUNCTION_SIZE_LIMIT * 1.2 }, (_, i) => `h${i}`)
    // Each character leaves a third of them together.
    const many = Array.from({ length: FUNCTION_SIZE_LIMIT * 2.4 }, (_, i) => i.toString(3).padStart(6, '0'))
    for (const name of names)
      router.get(`/${name}/:id`, app).get(`/${name}/:id/edit`, app).get(`/at/:site/${name}`, app)
    for (const name of many) router.add(`/of/:s/${name}/:i`, app).add(`/of/:s/${name}/:i/x`, app)
    const asked = names.flatMap((name) => [`/${name}/7/edit`, `/at/7/${name}`])
    asked.push(...many.map((name) => `/of/7/${name}/8`))
    for (const path of asked) ask(router, path, GENERATE_AFTER / 8)
    for (const path of asked) expect(router.match('GET', path).rule).toBeDefined()
    expect(sources.list.length).toBeGreaterThan(5)
    for (const source of sources.list) {
      const alternatives = source.match(/new Found/g)?.length ?? 0
      const calls = source.match(/walkFrom|walkBranch/g)?.length ?? 0
      expect(alternatives + calls / 2).toBeLessThanOrEqual(FUNCTION_SIZE_LIMIT)
    }
  })

  test('in one function for a place and all that follows, where there is room', () => {
    const sources = watchSources()
    const router: Router = new Router()
    const names = Array.from({ length: FUNCTION_SIZE_LIMIT * 0.8 }, (_, i) => `room${i}`)
    for (const name of names) router.get(`/x/:id/${name}/:of`, app).get(`/y/:id/${name}/:of`, app)
    ask(router, '/x/7/room1/8')
    for (const name of names) expect(sources.list.at(-1)).toContain(`${name}/`)
  })

  test('once for resources that have the same rules', () => {
    const sources = watchSources()
    const router: Router = new Router()
    for (let i = 0; i <= FUNCTION_SIZE_LIMIT; i++) {
      router.get(`/same${i}/:sameId`, app).get(`/same${i}/:sameId/edit`, app)
    }
    for (let i = 0; i <= FUNCTION_SIZE_LIMIT; i++) ask(router, `/same${i}/7/edit`)
    // That of the place which all lead on from, and that of the places behind.
    expect(sources.list).toHaveLength(2)
    for (let i = 0; i <= FUNCTION_SIZE_LIMIT; i++)
      expect(router.match('GET', `/same${i}/7`).rule?.pattern).toBe(`/same${i}/:sameId`)
  })

  test('still, where much of what was asked has the same rules', () => {
    const sources = watchSources()
    const router: Router = new Router().get('/unlike/:unlikeId/edit', app)
    const long = 'long-'.repeat(1000)
    for (let i = 0; i <= FUNCTION_SIZE_LIMIT; i++) router.get(`/alike${i}/:id/${long}`, app)
    ask(router, `/alike0/7/${long}`)
    const alike = Math.ceil(TREE_SOURCE_LIMIT / (sources.list[0] as string).length)
    for (let i = 1; i <= alike; i++) ask(router, `/alike${i}/7/${long}`)
    expect(sources.list).toHaveLength(1)
    ask(router, '/unlike/7/edit')
    expect(sources.list).toHaveLength(2)
  })

  test('again for the same rules once much other code was, which is kept in its place', () => {
    const sources = watchSources()
    const generate = (name: string): number => {
      const before = sources.list.length
      ask(new Router().get(`/:id/${name}`, app), `/7/${name}`)
      return sources.list.length - before
    }
    expect([generate('kept'), generate('kept')]).toEqual([1, 0])
    const others = (): number => sources.list.slice(1).reduce((sum, { length }) => sum + length, 0)
    for (let i = 0; others() <= KEPT_SOURCE_LIMIT; i++) generate(`${i}-`.repeat(2000))
    expect([generate('kept'), generate('kept')]).toEqual([1, 0])
    const names = ['kept', 'kept-too', 'kept-as-well']
    // The first time may be when all is forgotten.
    for (let time = 0; time < 2; time++) names.map(generate)
    expect(names.map(generate)).toEqual([0, 0, 0])
  })

  test('but none that is larger than one function may be', () => {
    const sources = watchSources()
    const router: Router = new Router()
    const long = (i: number): string => `${i}-`.repeat(2000)
    for (let i = 100; i < 104; i++) router.get(`/large/:id/${long(i)}`, app)
    ask(router, `/large/7/${long(103)}`)
    expect(sources.list).toHaveLength(0)
    expect(router.match('GET', `/large/7/${long(103)}`)).toMatchObject({ params: { id: '7' } })
  })

  test('up to a limit, beyond which places are searched', () => {
    const sources = watchSources()
    const router: Router = new Router()
    const long = (i: number): string => `${i}-`.repeat(2000)
    const count = 2 + TREE_SOURCE_LIMIT / long(100).length
    for (let i = 0; i < count + FUNCTION_SIZE_LIMIT; i++) router.get(`/long${i}/:id/${long(i)}`, app)
    for (let i = 0; i < count; i++) ask(router, `/long${i}/7/${long(i)}`)
    expect(sources.list.length).toBeGreaterThan(1)
    expect(sources.list.join('').length).toBeLessThanOrEqual(TREE_SOURCE_LIMIT)
    for (let i = 0; i < count; i++)
      expect(router.match('GET', `/long${i}/7/${long(i)}`)).toMatchObject({ params: { id: '7' } })
  })
})

describe('generated code', () => {
  test('holds texts of patterns as nothing but texts', () => {
    const texts = ['"', "'", '`', '\\"', `$\{1}`, '\u2028', '\u2029', '*/', '__proto__', '");throw 1//']
    const router: Router = new Router()
    for (const text of texts) {
      const escaped = text.replace(/[{}()[\]+?!*:\\]/g, '\\$&')
      router.get(`/${escaped}/:id`, app).get(`/:id/${escaped}-:"${text.replace(/["\\]/g, '\\$&')} x"`, app)
    }
    const paths = texts.flatMap((text) => {
      const encoded = new URL(`http://h/${text.replace('?', '%3F')}`).pathname
      return [`${encoded}/7`, `/x${encoded}-7`]
    })
    const before = paths.map((path) => router.match('GET', path))
    const sources = watchSources()
    ask(router, paths[0] as string)
    expect(sources.list).toHaveLength(1)
    expect(paths.map((path) => router.match('GET', path))).toEqual(before)
    expect(before.filter(({ rule }) => rule !== undefined).length).toBeGreaterThan(texts.length)
  })

  test('goes as deep as a pattern may', () => {
    const repeat = (make: (i: number) => string): string =>
      Array.from({ length: 256 }, (_, i) => make(i)).join('')
    const router: Router = new Router()
      .get(
        repeat((i) => `/:p${i}`),
        app,
      )
      .get(
        repeat((i) => `/x:q${i}`),
        app,
      )
    const generating = vi.spyOn(globalThis, 'Function')
    ask(router, '/a'.repeat(256))
    expect(router.match('GET', '/a'.repeat(256))).toMatchObject({ params: { p0: 'a', p255: 'a' } })
    expect(router.match('GET', '/xa'.repeat(256))).toMatchObject({ params: { q0: 'a', q255: 'a' } })
    expect(router.match('GET', '/xa'.repeat(255))).toMatchObject({ status: 404 })
    expect(generating.mock.results.map(({ type }) => type)).toContain('return')
    expect(generating.mock.results.map(({ type }) => type)).not.toContain('throw')
  })

  test('gives parameters of any name', () => {
    const names = ['constructor', 'toString', 'class', 'path', 'search', '"', '\u2028', '` + 1']
    const quoted = names.map((name) => `:"${name.replace('"', '\\"')}"`)
    const router: Router = new Router().get(`/names/${quoted.join('/')}`, app)
    const path = `/names/${names.map((_, i) => i).join('/')}`
    ask(router, path)
    const found = router.match('GET', path)
    expect('params' in found && Object.entries(found.params)).toEqual(names.map((name, i) => [name, `${i}`]))
  })

  test('answers as before: methods, mounts, defaults, slashes, what cannot be decoded', () => {
    const router: Router = new Router()
      .get('/a/:id', app)
      .post('/a/:id', app)
      .add('/b/:id', app)
      .get('/h/:id', app)
      .add('/h/:id', app, { methods: ['HEAD'] })
      .get('/c/:id/', app, { defaults: { page: 1 } })
      .mount('/m/:id', app)
      .get('/d{/:id}', app, { defaults: { id: 'none', page: 1 } })
      .get('/e/:name.:ext', app)
      .get('/f/*rest/end', app)
      .get('/g/*rest', app)
    const asked = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'].flatMap((method) =>
      [
        '/a/1',
        '/b/1',
        '/h/1',
        '/c/1/',
        '/c/1',
        '/m/1',
        '/m/1/x',
        '/d',
        '/d/1',
        '/e/a.b.c',
        '/e/a',
        '/f/1/2/end',
        '/g/',
        '/g/1//2',
        '/a/%zz',
        '/g/%zz',
        '/x/1',
        '//a/1',
        '',
        'a/1',
        'xa/1',
      ].map((path) => [method, path] as const),
    )
    const before = asked.map(([method, path]) => router.match(method, path))
    const sources = watchSources()
    ask(router, '/a/1')
    expect(sources.list).toHaveLength(1)
    expect(asked.map(([method, path]) => router.match(method, path))).toEqual(before)
    expect(before).toContainEqual({ rule: undefined, status: 405, allow: ['GET', 'HEAD', 'OPTIONS', 'POST'] })
    expect(before).toContainEqual({ rule: undefined, status: 400, allow: [] })
    expect(before).toContainEqual({ rule: undefined, status: 308, location: '/c/1/' })
  })

  test('goes on with the next rule where a converter refuses, and asks each once', () => {
    let asked = 0
    const even: Converter<number> = {
      name: 'even',
      weight: 99,
      parse(text) {
        asked++
        return Number(text) % 2 === 0 ? Number(text) : undefined
      },
      format: String,
    }
    const router = new Router({ redirectSlashes: false })
      .get('/n/:n/x', app, { convert: { n: even } })
      .get('/n/:n/x', app, { convert: { n: int() } })
      .get('/n/:n/y', app)
    ask(router, '/n/1/z')
    asked = 0
    expect(router.match('GET', '/n/2/x').rule?.convert?.n).toBe(even)
    expect(router.match('GET', '/n/3/x')).toMatchObject({ params: { n: 3 } })
    expect(router.match('GET', '/n/q/y')).toMatchObject({ params: { n: 'q' } })
    expect(router.match('GET', '/n/q/z')).toMatchObject({ status: 404 })
    expect(asked).toBe(4)
  })

  test('tries what is more specific first: text, part text, converted, plain, wildcards, mounts', () => {
    const router: Router = new Router({ redirectSlashes: false })
      .mount('/o', app)
      .get('/o/*rest/:end', app)
      .get('/o/:plain', app)
      .get('/o/:digits', app, { convert: { digits: { pattern: /\d+/ } } })
      .get('/o/1:part', app)
      .get('/o/12', app)
      .get('/o/12/x', app)
      .get('/o/12/:more', app)
    const patternOf = (path: string): string | undefined => router.match('GET', path).rule?.pattern
    const sources = watchSources()
    ask(router, '/o/ab')
    expect(sources.list).toHaveLength(1)
    const paths = ['/o/12', '/o/12/x', '/o/12/y', '/o/13', '/o/23', '/o/ab', '/o/13/y', '/o/12/y/z', '/o//']
    expect(paths.map(patternOf)).toEqual([
      '/o/12',
      '/o/12/x',
      '/o/12/:more',
      '/o/1:part',
      '/o/:digits',
      '/o/:plain',
      '/o/*rest/:end',
      '/o/*rest/:end',
      '/o',
    ])
  })

  test('takes every value of a converter but undefined', () => {
    const values = { nothing: null, no: false, zero: 0, empty: '', refused: undefined }
    const named: Converter<unknown> = {
      name: 'named',
      parse: (text) => values[text as keyof typeof values],
      format: String,
    }
    const router: Router = new Router().get('/v/:value', app, { convert: { value: named } })
    ask(router, '/v/nothing')
    const found = Object.keys(values).map((name) => router.match('GET', `/v/${name}`))
    expect(found.map((match) => match.rule && match.params.value)).toEqual([null, false, 0, '', undefined])
    expect(found.at(-1)).toMatchObject({ status: 404 })
  })

  test('may be asked again by a converter of its own', () => {
    const router: Router = new Router().get('/inner/:x.:y', app)
    const nested: Converter<string> = {
      name: 'nested',
      parse: (value) => (router.match('GET', `/inner/${value}.z`).rule === undefined ? undefined : value),
      format: String,
    }
    router.get('/:a.:b/:c/*d/end', app, { convert: { c: nested } })
    ask(router, '/1.2/3/4/5/end')
    expect(router.match('GET', '/1.2/3/4/5/end')).toMatchObject({
      params: { a: '1', b: '2', c: '3', d: ['4', '5'] },
    })
  })
})
