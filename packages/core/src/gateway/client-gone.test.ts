import { expect, test } from 'vitest'
import { clientGone } from './client-gone.ts'

test('is told from a failure by its name, and made for each request', () => {
  expect(clientGone()).toMatchObject({ name: 'AbortError', message: 'The client has gone.' })
  expect(clientGone()).not.toBe(clientGone())
})
