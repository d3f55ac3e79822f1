import { expect, test } from 'vitest'
import { byteLengthOf, contentOf, createResponse, joined, removeField } from './fetch-answer.ts'

test('a Response has status, reason and all headers, each Set-Cookie by itself', async () => {
  const flat = ['Content-Type', 'text/plain', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']
  const response = createResponse({ code: 418, reason: 'Teapot' }, flat, 'short')
  expect([response.status, response.statusText]).toEqual([418, 'Teapot'])
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(response.headers.get('content-type')).toBe('text/plain')
  expect(await response.text()).toBe('short')
})

test('repeats of the type are kept as they were given', () => {
  const flat = ['content-TYPE', 'a/b', 'Content-Type', 'c/d']
  expect(createResponse({ code: 200, reason: 'OK' }, flat, 'x').headers.get('content-type')).toBe('a/b, c/d')
})

test.each([
  ['with a type keeps it', ['Content-Type', 'text/x-short'], 'text/x-short'],
  ['without a type gets none', [], null],
])('a string %s', async (_, flat, type) => {
  const response = createResponse({ code: 200, reason: 'OK' }, flat, contentOf('caf\u00e9', flat))
  expect(response.headers.get('content-type')).toBe(type)
  expect(await response.text()).toBe('caf\u00e9')
})

test('a string without a type becomes bytes where a Response takes texts best', () => {
  const content = contentOf('caf\u00e9', [])
  expect(content instanceof ReadableStream || content instanceof Uint8Array).toBe(true)
})

test('bytes stay the bytes they are', () => {
  const bytes = new Uint8Array([1, 2])
  expect(contentOf(bytes, [])).toBe(bytes)
  expect(joined([bytes])).toBe(bytes)
})

test('chunks are joined, strings as strings and others as bytes', () => {
  expect(joined(['a', 'b'])).toBe('ab')
  expect(joined(['\u00fc', new Uint8Array([0x21])])).toEqual(new Uint8Array([0xc3, 0xbc, 0x21]))
  expect(joined([])).toBe('')
})

test('the length of a chunk is that of its bytes', () => {
  expect(['', 'abc', 'caf\u00e9', new Uint8Array(7)].map(byteLengthOf)).toEqual([0, 3, 5, 7])
})

test('a header is removed however it is written', () => {
  const flat = ['Content-Length', '1', 'X', '2', 'content-length', '3']
  removeField(flat, 'content-length')
  expect(flat).toEqual(['X', '2'])
})
