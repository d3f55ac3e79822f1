import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RequestParts } from './environ-base.ts'
import { FetchShape, NAME_LIMIT, type OriginParts } from './fetch-shape.ts'

const parts = { method: 'GET', pathInfo: '/', requestUri: '/', queryString: '' } as RequestParts
const origin = { authority: 'a', scheme: 'http', serverName: 'a', serverPort: '80' } as OriginParts

function shapeOf(tree: FetchShape, names: readonly string[]): FetchShape {
  return names.reduce((shape, name) => shape.with(name), tree)
}

function environOf(tree: FetchShape, headers: readonly (readonly [string, string])[]): object {
  const shape = shapeOf(
    tree,
    headers.map(([name]) => name),
  )
  return shape.create(
    headers.map(([, value]) => value),
    parts,
    origin,
  )
}

/** A tree that takes no more names. */
function fullTree(): FetchShape {
  const tree = FetchShape.plant()
  for (let i = 0; i < NAME_LIMIT; i++) tree.with(`x-${i}`)
  return tree
}

test('one sequence of names has one shape, also where others came between', () => {
  const tree = FetchShape.plant()
  const shape = shapeOf(tree, ['accept', 'x-one'])
  expect(shapeOf(tree, ['accept', 'x-two'])).not.toBe(shape)
  expect(shapeOf(tree, ['x-one'])).not.toBe(shape)
  expect(shapeOf(tree, ['accept', 'x-one'])).toBe(shape)
  expect(shapeOf(FetchShape.plant(), ['accept', 'x-one'])).not.toBe(shape)
})

test('each environ has the values of its own request', () => {
  const tree = FetchShape.plant()
  const first = environOf(tree, [['accept', '1']])
  expect(environOf(tree, [['accept', '2']])).toMatchObject({ HTTP_ACCEPT: '2', PATH_INFO: '/' })
  expect(first).toMatchObject({ HTTP_ACCEPT: '1' })
})

test('2: the host is that of the URL, and a name with an underscore is dropped', () => {
  const environ = environOf(FetchShape.plant(), [
    ['host', 'other'],
    ['x-y', '1'],
    ['x_y', '2'],
  ])
  expect(environ).toMatchObject({ HTTP_HOST: 'a', HTTP_X_Y: '1' })
  expect(Object.values(environ)).not.toContain('2')
})

test('beyond the limit nothing is kept', () => {
  const tree = fullTree()
  expect(tree.with('late')).not.toBe(tree.with('late'))
  expect(tree.with('x-1').with('late')).not.toBe(tree.with('x-1').with('late'))
  expect(tree.with('x-1')).toBe(tree.with('x-1'))
})

test('2: beyond the limit environs are the same', () => {
  const full = fullTree()
  const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,12}$/)
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), (headers) => {
      const list = Object.entries(headers)
      expect(environOf(full, list)).toStrictEqual(environOf(FetchShape.plant(), list))
    }),
  )
})
