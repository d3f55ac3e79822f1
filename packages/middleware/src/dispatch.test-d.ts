import type { Application } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { dispatch } from './dispatch.ts'

declare const app: Application

test('mounts are applications, and so is what comes out', () => {
  expectTypeOf(
    dispatch({ '/shop': app, '*.example.org': dispatch({}) }, { default: app }),
  ).toExtend<Application>()
  // @ts-expect-error: the mounts are what it cannot do without.
  dispatch()
  // @ts-expect-error: a text is an answer, not an application.
  dispatch({ '/shop': 'closed' })
  // @ts-expect-error: it is called default.
  dispatch({ '/shop': app }, { fallback: app })
})
