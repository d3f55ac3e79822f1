import { validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  formatEvent,
  generatePasswordHash,
  InvalidContent,
  Request,
  Response,
  Signer,
  validateWith,
} from './index.ts'
import { checkOptionNames } from './option-names.ts'

/** An object that the compiler lets through, as one read from a file would be. */
const options = (name: string): object => ({ [name]: 1 })
const request = (): Request =>
  new Request(createEnviron('/', { method: 'POST', headers: { 'Content-Type': 'application/json' } }))
const key = 'k'.repeat(32)

describe('an unknown option is refused by name, with those that there are', () => {
  test.each([
    ['new Response', () => new Response('', options('mimeType')), 'status, headers, mimetype, contentType.'],
    ['Response.json', () => Response.json({}, options('spaces')), 'status, headers, mimetype, contentType.'],
    ['Response.redirect', () => Response.redirect('/', 303, options('status')), 'there are base.'],
    ['json', () => request().json(options('maxDepth')), 'limit, depth, prototypeKeys, checkType, schema.'],
    ['text', () => request().text(options('max')), 'there are limit.'],
    ['bytes', () => request().bytes(options('max')), 'there are limit.'],
    ['blob', () => request().blob(options('max')), 'there are limit.'],
    ['arrayBuffer', () => request().arrayBuffer(options('max')), 'there are limit.'],
    ['stream', () => request().stream(options('max')), 'there are limit.'],
    ['setEtag', () => new Response().setEtag('a', options('strong')), 'there are weak.'],
    [
      'makeConditional',
      () => new Response().makeConditional(createEnviron('/'), options('ranges')),
      'acceptRanges, size.',
    ],
    ['an event', () => formatEvent(options('date')), 'data, event, id, retry, comment.'],
    ['Signer', () => new Signer(key, 'a', options('maxage')), 'maxAge, limit.'],
    ['InvalidContent', () => new InvalidContent([], options('header')), 'headers, message, problem'],
    ['validateWith', () => validateWith({} as never, 1, options('code')), 'there are status.'],
  ])('by %s', (_what, call, known) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(/^Got the unknown option "\w+" for /)
    expect(call).toThrow(known)
  })

  test.each([
    ['addEtag', () => new Response('').addEtag(options('strong'))],
    ['bytes of a Response', () => new Response('').bytes(options('max'))],
    ['text of a Response', () => new Response('').text(options('max'))],
    ['freeze', () => new Response('').freeze(options('max'))],
    ['generatePasswordHash', () => generatePasswordHash('a', options('salt'))],
  ])('by %s, later', async (_what, call) => {
    await expect(call()).rejects.toThrow(/^Got the unknown option "\w+" for /)
  })
})

test.each([
  [201, 'the number 201'],
  ['201 Created', 'the string 201 Created'],
  [null, 'null'],
])('%s in place of options is refused', (given, got) => {
  const expected = new TypeError(`Got ${got} for the options of a Response; expected an object.`)
  expect(() => new Response('', given as never)).toThrow(expected)
  expect(() => Response.json({}, given as never)).toThrow(expected)
})

test('the name of fetch for the reason is answered with ours', () => {
  expect(() => new Response('', { status: 404, statusText: 'Nowhere' } as never)).toThrow(
    'Got the unknown option "statusText" for a Response; there are status, headers, mimetype, contentType. The reason belongs to the status: { status: \'404 Nowhere\' }.',
  )
})

test('a form limit that is none is refused as well', async () => {
  const app = Request.application(async (request) =>
    Response.json([...(await request.formData(options('size')))]),
  )
  const answer = new Client(validate(app)).post('/', { form: { a: 1 } })
  await expect(answer).rejects.toThrow('Got the form limit size')
})

test('options that are known may be undefined, inherited, or none at all', async () => {
  const known = new Set(['a', 'b'])
  expect(() => checkOptionNames({}, known, 'this')).not.toThrow()
  expect(() => checkOptionNames({ a: undefined }, known, 'this')).not.toThrow()
  expect(() => checkOptionNames(Object.create({ a: 1 }), known, 'this')).not.toThrow()
  expect(() => checkOptionNames(Object.create({ c: 1 }), known, 'this')).toThrow('"c"')
})

test('a name that nothing is known of has no hint', () => {
  expect(() => checkOptionNames({ c: 1 }, new Set(['a', 'b']), 'this')).toThrow(
    new TypeError('Got the unknown option "c" for this; there are a, b.'),
  )
})

test('names of Object.prototype are as unknown as others', () => {
  const given = JSON.parse('{"__proto__": 1}')
  expect(() => new Response('', given)).toThrow('Got the unknown option "__proto__"')
  expect(() => new Response('', options('constructor'))).toThrow('Got the unknown option "constructor"')
})

test('what a program adds to Object.prototype is no option', () => {
  const polluted = Object.prototype as { foo?: string }
  polluted.foo = 'bar'
  onTestFinished(() => void delete polluted.foo)
  expect(() => checkOptionNames({ port: 80 }, new Set(['port']), 'a server')).not.toThrow()
})
