import type { Application, Body, Environ } from '@stapel/core'
import type { CacheControl, EmbedderPolicy, EntityTag, OpenerPolicy } from '@stapel/core/http'
import { expectTypeOf, test } from 'vitest'
import { eventStream, Request, Response, sendFile, sendFromDirectory } from './index.ts'

test('closed sets are literal unions', () => {
  const response = new Response()
  expectTypeOf(response.crossOriginOpenerPolicy).toEqualTypeOf<OpenerPolicy | undefined>()
  expectTypeOf(response.crossOriginEmbedderPolicy).toEqualTypeOf<EmbedderPolicy | undefined>()
  expectTypeOf(response.acceptRanges).toEqualTypeOf<'bytes' | 'none' | undefined>()
  // @ts-expect-error: misspelt.
  response.crossOriginEmbedderPolicy = 'credentialess'
})

test('values of headers are read-only, and assigned as a whole', () => {
  const response = new Response()
  expectTypeOf(response.cacheControl).toEqualTypeOf<CacheControl>()
  response.cacheControl = { ...response.cacheControl, maxAge: 60 }
  // @ts-expect-error: it is not live.
  response.cacheControl.maxAge = 60
  // @ts-expect-error: there is no such directive.
  response.cacheControl = { maxage: 60 }
  response.vary = 'Accept'
  response.vary = [...response.vary, 'Origin']
  response.lastModified = undefined
  // @ts-expect-error: a date.
  response.lastModified = 'yesterday'
})

test('a body may be a Blob, and is then read as any other', () => {
  expectTypeOf(new Response(new Blob([])).body).toEqualTypeOf<Body | null>()
})

test('makeConditional gives the response itself, of a request or an environ', () => {
  class Page extends Response {}
  const page = new Page()
  expectTypeOf(page.makeConditional({} as Environ)).toEqualTypeOf<Page>()
  expectTypeOf(page.makeConditional(new Request({} as Environ))).toEqualTypeOf<Page>()
  expectTypeOf(page.freeze()).toEqualTypeOf<Promise<Page>>()
  expectTypeOf(page.getEtag()).toEqualTypeOf<EntityTag | undefined>()
})

test('the status is a code or a status line', () => {
  new Response('', { status: 404 })
  new Response('', { status: '404 Nowhere' })
  // @ts-expect-error: no status line.
  new Response('', { status: 'Nowhere' })
})

test('files and events are applications', () => {
  expectTypeOf(sendFile('a', { maxAge: 5 })).toEqualTypeOf<Application>()
  expectTypeOf(sendFromDirectory('a', ['b'], { dotfiles: 'allow' })).toEqualTypeOf<Application>()
  expectTypeOf(
    eventStream(async function* ({ lastEventId, signal }) {
      expectTypeOf(lastEventId).toEqualTypeOf<string | undefined>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      yield 'text'
      yield { data: 'text', id: '1' }
    }),
  ).toEqualTypeOf<Application>()
  // @ts-expect-error: data is text.
  eventStream(() => [{ data: 5 }])
  // @ts-expect-error: misspelt.
  sendFile('a', { maxage: 5 })
})
