import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { checkContentType, contentTypeOf, defaultContentType } from './content-type.ts'

describe('the charset', () => {
  test.each([
    'text/plain',
    'text/html',
    'text/css',
    'text/event-stream',
    'TEXT/CSV',
    'application/xml',
    'application/javascript',
    'image/svg+xml',
    'application/atom+xml',
  ])('is added to %s', (mimetype) => {
    expect(contentTypeOf(mimetype)).toBe(`${mimetype}; charset=utf-8`)
  })

  test.each([
    'application/json',
    'application/problem+json',
    'image/png',
    'application/octet-stream',
    'text/html; charset=latin1',
    'application/xmlish',
  ])('is not added to %s', (mimetype) => {
    expect(contentTypeOf(mimetype)).toBe(mimetype)
  })

  test('is the same each time that a type is asked for', () => {
    for (const mimetype of ['text/x-first', 'text/x-first', 'image/x-first', 'image/x-first']) {
      const charset = mimetype.startsWith('text/') ? '; charset=utf-8' : ''
      expect(contentTypeOf(mimetype)).toBe(`${mimetype}${charset}`)
    }
  })

  test('is the same for more types than are remembered', () => {
    for (let i = 0; i < 1000; i++) expect(contentTypeOf(`text/x-${i}`)).toBe(`text/x-${i}; charset=utf-8`)
  })

  test('hostile names are only names (robustness.md K2)', () => {
    expect(contentTypeOf('__proto__')).toBe('__proto__')
    expect(contentTypeOf('constructor')).toBe('constructor')
  })
})

describe('the type of a body of which nothing is said', () => {
  test('is plain text for strings and iterables', () => {
    expect(defaultContentType('a')).toBe('text/plain; charset=utf-8')
    expect(defaultContentType('')).toBe('text/plain; charset=utf-8')
    expect(defaultContentType(['a', 'b'])).toBe('text/plain; charset=utf-8')
    expect(defaultContentType((function* () {})())).toBe('text/plain; charset=utf-8')
  })

  test('is unknown bytes for bytes and streams', () => {
    expect(defaultContentType(new Uint8Array(1))).toBe('application/octet-stream')
    expect(defaultContentType(Readable.from(['a']))).toBe('application/octet-stream')
    expect(defaultContentType(new ReadableStream())).toBe('application/octet-stream')
  })

  test('is that of a stream also where streams cannot be iterated', () => {
    expect(defaultContentType({ getReader() {} } as never)).toBe('application/octet-stream')
    expect(defaultContentType({ pipe() {}, [Symbol.asyncIterator]() {} } as never)).toBe(
      'application/octet-stream',
    )
  })

  test('is none for no body', () => {
    expect(defaultContentType(null)).toBeUndefined()
  })

  test.each([
    [{ a: 1 }, 'Got an object of class Object for the body'],
    [Object.create(null), 'Got an object of class null for the body'],
    [new ArrayBuffer(1), 'Got an object of class ArrayBuffer for the body'],
    [3, 'Got the number 3 for the body'],
    [undefined, 'Got the undefined undefined for the body'],
    [() => 'a', 'Got the function'],
  ])('what is no body is refused, with the way to send a value', (value, message) => {
    expect(() => defaultContentType(value as never)).toThrow(TypeError)
    expect(() => defaultContentType(value as never)).toThrow(message)
    expect(() => defaultContentType(value as never)).toThrow('Response.json(…) sends a value.')
  })
})

test.each(['text/html', 'a', '', 'text/html; charset="utf-8"', '\u00e4', '\t'])('%j may be sent', (text) => {
  expect(checkContentType(text)).toBe(text)
})

test.each([
  ['a\r\nb', 'Got "a\\r\\nb" for the type of a response'],
  ['\0', 'Got "\\u0000" for the type'],
  ['\u0100', 'Got "\u0100" for the type'],
  ['\x7f'.repeat(300), `Got "${'\x7f'.repeat(200)}" for the type`],
  [5, 'Got 5 for the type'],
  [null, 'Got null for the type'],
  [undefined, 'Got undefined for the type'],
])('%j may not be sent, and is shown', (text, message) => {
  expect(() => checkContentType(text as string)).toThrow(TypeError)
  expect(() => checkContentType(text as string)).toThrow(message)
  expect(() => contentTypeOf(text as string)).toThrow(message)
})

test.each([
  ['text/', 'text/; charset=utf-8'],
  ['xtext/plain', 'xtext/plain'],
  ['application/xml;a=b', 'application/xml;a=b'],
  ['a;b+xml', 'a;b+xml'],
  ['+xml', '+xml; charset=utf-8'],
  ['IMAGE/SVG+XML', 'IMAGE/SVG+XML; charset=utf-8'],
  ['application/xml+x', 'application/xml+x'],
  ['text', 'text'],
])('%j is sent as %j, each time', (mimetype, value) => {
  expect(contentTypeOf(mimetype)).toBe(value)
  expect(contentTypeOf(mimetype)).toBe(value)
})
