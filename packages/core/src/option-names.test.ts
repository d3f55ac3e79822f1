import { expect, onTestFinished, test } from 'vitest'
import { fromFetch } from './adapter/from-fetch.ts'
import { runCgi } from './gateway/cgi.ts'
import { fetchHandler } from './gateway/fetch-handler.ts'
import { attach, nodeHandler, serve } from './node.ts'
import { checkOptionNames } from './option-names.ts'
import type { Application } from './protocol.ts'
import { traced } from './trace.ts'
import { validate } from './validate.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return 'Hello'
}
/** As a program in JavaScript, or one that builds its options elsewhere, gives them. */
const misspelt: object = { prot: 8080 }

test('options that are known pass, undefined ones too', () => {
  checkOptionNames({ port: 80, host: undefined }, { port: true, host: true }, 'a server')
})

test('an unknown one throws, and the message names those that there are', () => {
  expect(() => checkOptionNames(misspelt, { port: true, host: true }, 'a server')).toThrow(
    new TypeError('Got the unknown option "prot" for a server; there are port, host.'),
  )
})

test('a name that every object has is no option', () => {
  expect(() => checkOptionNames({ constructor: 1 }, { port: true }, 'a server')).toThrow('"constructor"')
})

test('what a program adds to Object.prototype is no option', () => {
  const polluted = Object.prototype as { foo?: string }
  polluted.foo = 'bar'
  onTestFinished(() => void delete polluted.foo)
  expect(() => checkOptionNames({ port: 80 }, { port: true }, 'a server')).not.toThrow()
})

test.each([8000, '8000', null, () => {}])('options that are %s, and no object, throw', (options) => {
  expect(() => checkOptionNames(options as object, { port: true }, 'a server')).toThrow(
    /^Got .* for the options of a server; expected an object\.$/,
  )
})

test('serve rejects, and listens nowhere', async () => {
  await expect(serve(hello, { ...misspelt, port: 0 })).rejects.toThrow(
    /unknown option "prot" for serve\(\); there are .*port/,
  )
  await expect(serve(hello, 8000 as unknown as object)).rejects.toThrow(
    'Got the number 8000 for the options of serve()',
  )
})

test('an unknown limit of WebSockets throws', async () => {
  const webSocket: object = { maxPayLoad: 1 }
  await expect(serve(hello, { port: 0, webSocket })).rejects.toThrow(
    'Got the unknown option "maxPayLoad" for webSocket; there are maxPayload, heartbeat.',
  )
})

test.each([
  ['attach()', () => attach({} as Parameters<typeof attach>[0], hello, misspelt)],
  ['nodeHandler()', () => nodeHandler(hello, misspelt)],
  ['fetchHandler()', () => fetchHandler(hello, misspelt)],
  ['fromFetch()', () => fromFetch(() => new Response(), misspelt)],
  ['validate()', () => validate(hello, misspelt)],
  ['traced()', () => traced(hello, misspelt)],
])('%s throws', (what, call) => {
  expect(call).toThrow(`Got the unknown option "prot" for ${what}; there are `)
})

test('runCgi() rejects before it answers', async () => {
  await expect(runCgi(hello, misspelt)).rejects.toThrow('Got the unknown option "prot" for runCgi()')
})
