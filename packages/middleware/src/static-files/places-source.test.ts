import { expect, test } from 'vitest'
import { PlacesSource } from './places-source.ts'
import type { Resource, Source } from './source.ts'

/** A source that has these paths, and rules out at once what begins with a dot. */
function sourceOf(name: string, ...paths: string[]): Source {
  return {
    find: (path) =>
      path.startsWith('/.')
        ? undefined
        : Promise.resolve(paths.includes(path) ? ({ name } as Resource) : undefined),
  }
}

const places = new PlacesSource([sourceOf('first', '/a'), sourceOf('second', '/a', '/b')])

test('what the first of the places does not have comes from the next', async () => {
  expect((await places.find('/a'))?.name).toBe('first')
  expect((await places.find('/b'))?.name).toBe('second')
  expect(await places.find('/c')).toBeUndefined()
})

test('what every place rules out is ruled out at once', () => {
  expect(places.find('/.env')).toBeUndefined()
})
