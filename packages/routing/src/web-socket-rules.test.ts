import { type Application, type Environ, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Router } from './index.ts'

function says(name: string): Application {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return name
  }
}

/** Gives each request the offer of a WebSocket, which nobody accepts here. */
function offering(app: Application): Application {
  return (environ, startResponse) => {
    const websocket = { protocols: [], accept: () => Promise.reject(new Error('not here')) }
    return app({ ...environ, 'wsgi.websocket': websocket } as Environ, startResponse)
  }
}

describe('a rule for WebSockets', () => {
  const router = new Router()
    .websocket('/chat', says('socket'))
    .websocket('/news', says('news socket'))
    .get('/news', says('news page'))
    .get('/:page', says('page'), { name: 'page' })
    .websocket('/rooms/:room', says('room'), { name: 'room' })
    .post('/rooms/:room', says('message'))

  test('answers requests that offer one', async () => {
    expect((await new Client(offering(validate(router.app))).get('/chat')).text()).toBe('socket')
  })

  test('goes before rules for GET, also more specific ones', () => {
    const both = new Router().get('/news', says('')).websocket('/:any', says(''))
    expect(both.match('GET', '/news', undefined, { websocket: true }).rule?.websocket).toBe(true)
    expect(both.match('GET', '/news').rule?.websocket).toBe(false)
  })

  test('leaves an ordinary request to ordinary rules', async () => {
    const client = new Client(validate(router.app))
    expect((await client.get('/news')).text()).toBe('news page')
    expect((await client.get('/chat')).text()).toBe('page')
  })

  // RFC 9110 section 7.8: an upgrade that is not accepted is a request like any other.
  test('leaves an offer that it does not match to ordinary rules', async () => {
    expect((await new Client(offering(validate(router.app))).get('/about')).text()).toBe('page')
  })

  test('whose path an ordinary request asks for makes it a 400 that says so', async () => {
    const answer = await new Client(validate(new Router().websocket('/chat', says('')).app)).get('/chat')
    expect(answer.status).toBe(400)
    expect(answer.text()).toContain('WebSockets only')
  })

  test('makes it 405 where a rule for another method has the path', () => {
    expect(router.match('PUT', '/rooms/a')).toMatchObject({ status: 405, allow: ['OPTIONS', 'POST'] })
  })

  test('is told from ordinary rules of the same path, not from others of its kind', () => {
    const other = new Router().get('/a', says('')).websocket('/a', says(''))
    expect(() => other.websocket('/a', says(''))).toThrow(
      'No request can tell websocket /a from websocket /a',
    )
  })

  test('has parameters and hosts as others have', () => {
    const hosted = new Router().websocket('/:room', says(''), { host: ':team.example.org' })
    expect(hosted.match('GET', '/a', 'b.example.org', { websocket: true })).toMatchObject({
      params: { room: 'a', team: 'b' },
    })
    expect(hosted.match('GET', '/a', 'b.example.org')).toEqual({
      rule: undefined,
      status: 400,
      allow: [],
      needsWebSocket: true,
    })
    expect(hosted.match('GET', '/a', 'example.org')).toMatchObject({ status: 404 })
  })

  test('of any host goes before ordinary rules of this host', () => {
    const mixed = new Router().websocket('/a', says('')).get('/a', says(''), { host: 'example.org' })
    expect(mixed.match('GET', '/a', 'example.org', { websocket: true }).rule?.websocket).toBe(true)
  })

  test('answers 404 where there is no such path for either', () => {
    expect(router.match('GET', '/x/y/z', undefined, { websocket: true })).toMatchObject({ status: 404 })
  })
})
