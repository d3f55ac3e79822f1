import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { type ErrorPage, errorPages } from './error-pages.ts'

test('statuses are numbers and classes', () => {
  expectTypeOf(errorPages()).toEqualTypeOf<Middleware>()
  errorPages({ statuses: { 404: true, 502: 503, '4xx': false, '5xx': 500 } })
  // @ts-expect-error: there are no pages for success.
  errorPages({ statuses: { '2xx': true } })
  // @ts-expect-error: a status, true or false.
  errorPages({ statuses: { 404: 'page' } })
})

test('errors are pairs of a class and a status', () => {
  class NotThere extends Error {
    readonly what: string
    constructor(what: string) {
      super(what)
      this.what = what
    }
  }
  errorPages({
    errors: [
      [RangeError, 400],
      [NotThere, 404],
    ],
  })
  // @ts-expect-error: an error that there is already is no class.
  errorPages({ errors: [[new RangeError('x'), 400]] })
  // @ts-expect-error: a date is no error.
  errorPages({ errors: [[Date, 400]] })
})

test('callbacks know what they get', () => {
  errorPages({
    template(page, environ) {
      expectTypeOf(page).toEqualTypeOf<ErrorPage>()
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return `<h1>${page.title}</h1>`
    },
    retryAfter(status, environ) {
      expectTypeOf(status).toEqualTypeOf<number>()
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return undefined
    },
    except: ({ PATH_INFO }) => PATH_INFO.startsWith('/api/'),
  })
  // @ts-expect-error: a page is text.
  errorPages({ template: () => new Uint8Array() })
})
