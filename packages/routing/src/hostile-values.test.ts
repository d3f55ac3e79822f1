import { describe, expect, test } from 'vitest'
import { BuildError, int, Router } from './index.ts'

const app = () => ''

describe('url says in few words what is wrong with values that are', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  test.each<[string, unknown]>([
    ['a long text', '\0'.padStart(1_000_000, 'x')],
    ['a long list', new Array(100_000).fill('..')],
    ['a list of a long text', [`${'x'.repeat(1_000_000)}\0`]],
    ['a list of itself', cyclic],
    ['a list of a bigint', [10n]],
    ['a list of what has no JSON', [{ toJSON: () => cyclic.at(1)?.toString() }]],
    ['a symbol', Symbol('x')],
    ['an object without a prototype', Object.create(null)],
  ])('%s', (_, value) => {
    const router: Router = new Router()
      .get('/a/:v', app, { name: 'a parameter' })
      .get('/b/:v.:w', app, { name: 'a part' })
      .get('/c/*v', app, { name: 'a wildcard' })
      .get('/d{/:v}', app, { name: 'a group' })
      .get('/e/:v', app, { name: 'a converter', convert: { v: int() } })
      .get('/f', app, { name: 'a host', host: ':v.example.org' })
      .get('/g', app, { name: 'nothing' })
    for (const { name } of router) {
      const build = (): string =>
        router.url(name as string, { v: value, ...(name === 'a part' && { w: 'x' }) })
      expect(build).toThrow(BuildError)
      expect(messageOf(build).length).toBeLessThan(400)
    }
    expect(() => router.url('nothing', {}, { query: { v: Symbol('x') as never } })).toThrow('Got Symbol(x)')
  })

  test('a long name', () => {
    expect(messageOf(() => (new Router() as Router).url('x'.repeat(1_000_000))).length).toBeLessThan(400)
  })
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('Nothing was thrown.')
}
