import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatBasicToken, parseBasicToken } from './basic-credentials.ts'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'

const token = (bytes: string) => btoa(bytes)

describe('parseBasicToken', () => {
  test('reads the examples of RFC 7617 sections 2 and 2.1', () => {
    expect(parseBasicToken('QWxhZGRpbjpvcGVuIHNlc2FtZQ==')).toEqual({
      username: 'Aladdin',
      password: 'open sesame',
    })
    expect(parseBasicToken('dGVzdDoxMjPCow==')).toEqual({ username: 'test', password: '123£' })
  })

  test('takes the first colon for the separator', () => {
    expect(parseBasicToken(token('ada:a:b:'))).toEqual({ username: 'ada', password: 'a:b:' })
  })

  test('takes an empty name and an empty password', () => {
    expect(parseBasicToken(token(':'))).toEqual({ username: '', password: '' })
    expect(parseBasicToken(token(':secret'))).toEqual({ username: '', password: 'secret' })
    expect(parseBasicToken(token('ada:'))).toEqual({ username: 'ada', password: '' })
  })

  test('keeps spaces and a byte order mark, which are characters of the password', () => {
    expect(parseBasicToken(token(' ada : secret '))).toEqual({ username: ' ada ', password: ' secret ' })
    expect(parseBasicToken(token('\xef\xbb\xbfada:x'))?.username).toBe('\ufeffada')
  })

  test('takes base64 without its padding', () => {
    expect(parseBasicToken('YTpi')).toEqual({ username: 'a', password: 'b' })
    expect(parseBasicToken('YTo')).toEqual({ username: 'a', password: '' })
  })

  test.each([
    ['', 'nothing'],
    ['ada:secret', 'no base64'],
    ['YT pi', 'a space'],
    ['YTpi\n', 'a line break, which atob() would skip'],
    ['YTp-', 'the alphabet of URLs'],
    ['YTpi=', 'padding that does not belong there'],
    ['Y===', 'padding alone'],
    ['A', 'six bits'],
    ['YWRh', 'no colon'],
    [token('ada:\xff'), 'no UTF-8'],
    [token('ada:\xc0\xba'), 'an overlong colon'],
    [token('ada:\xed\xa0\x80'), 'half a surrogate pair'],
    [token('ada:a\0b'), 'a NUL'],
    [token('ada\r\nX: y:b'), 'a line break in the name (robustness.md H4)'],
    [token('ada:\x7f'), 'DEL'],
  ])('finds no credentials in %j: %s', (text) => {
    expect(parseBasicToken(text)).toBeUndefined()
  })

  test('reads any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        const user = parseBasicToken(text)
        expect(user?.username.includes(':') ?? false).toBe(false)
        if (user !== undefined) expect(parseBasicToken(formatBasicToken(user))).toEqual(user)
      }),
    )
  })
})

describe('formatBasicToken', () => {
  test('writes UTF-8', () => {
    expect(formatBasicToken({ username: 'test', password: '123£' })).toBe('dGVzdDoxMjPCow==')
  })

  test.each(['a:b', ':', 'a\nb', 'a\0', '\x7f', '\ud83d'])('refuses the name %j and shows it', (username) => {
    expect(() => formatBasicToken({ username, password: '' })).toThrow(RangeError)
  })

  test.each(['a\r\nb', '\0', '\udc00x'])('refuses the password %j and does not show it', (password) => {
    expect(() => formatBasicToken({ username: 'ada', password: `secret${password}` })).toThrow(
      expect.objectContaining({ name: 'RangeError', message: expect.not.stringContaining('secret') }),
    )
  })

  test('writes what is read back', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, (name, password) => {
        const username = name.replaceAll(':', '')
        expect(parseBasicToken(formatBasicToken({ username, password }))).toEqual({ username, password })
      }),
    )
  })
})

test('a token is of the alphabet of RFC 4648 section 4, with two signs of padding at most', () => {
  // The last of four stands for `@` to DEL, of which DEL (by `/`) is refused.
  expect(acceptedOf((character) => parseBasicToken(`YTp${character}`) !== undefined)).toBe(
    sorted(`+=${digits}${upper}${lower}`),
  )
  expect(parseBasicToken('YTo/')).toEqual({ username: 'a', password: '?' })
  expect(parseBasicToken('YTo=')).toEqual({ username: 'a', password: '' })
  expect(parseBasicToken('Og==')).toEqual({ username: '', password: '' })
  expect(parseBasicToken('Og===')).toBeUndefined()
  expect(parseBasicToken('YTpi===')).toBeUndefined()
  expect(parseBasicToken('=')).toBeUndefined()
  expect(parseBasicToken('==')).toBeUndefined()
})

test('names and passwords keep every character of ASCII that is no control', () => {
  for (let code = 0; code < 0x80; code++) {
    const password = String.fromCharCode(code)
    const expected = code < 0x20 || code === 0x7f ? undefined : { username: 'a', password }
    expect(parseBasicToken(btoa(`a:${password}`))).toEqual(expected)
  }
})
