import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CLOCK_SKEW, Signer } from './signer.ts'

const key = 'k'.repeat(32)
const oldKey = 'o'.repeat(32)
const start = new Date('2026-01-01T00:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
})

afterEach(() => {
  vi.useRealTimers()
})

function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000)
}

describe('a signed text', () => {
  test('is the value, the time and a signature, in characters that cookies and URLs take', async () => {
    const text = await new Signer(key, 'test').sign('Grüße')
    expect(text).toMatch(/^R3LDvMOfZQ\.1767225600\.[A-Za-z0-9_-]{43}$/)
  })

  test('gives the value and the time back', async () => {
    const signer = new Signer(key, 'test')
    const text = await signer.sign('ada')
    pass(10)
    expect(await signer.verify(text)).toEqual({ outcome: 'valid', value: 'ada', signedAt: start, key: 0 })
  })

  test('gives any value back', async () => {
    const signer = new Signer(key, 'test', { limit: 100_000 })
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (value) => {
        expect(await signer.verify(await signer.sign(value))).toMatchObject({ outcome: 'valid', value })
      }),
    )
  })

  test.each([0, 5, 59, 999_999_999_999])('may be of any second that a clock shows: %d', async (second) => {
    vi.setSystemTime(second * 1000 + 999)
    const signer = new Signer(key, 'test')
    const text = await signer.sign('ada')
    expect(text).toContain(`.${second}.`)
    expect(await signer.verify(text)).toMatchObject({
      outcome: 'valid',
      signedAt: new Date(second * 1000),
    })
  })

  test('has up to 4096 characters, unless the limit says otherwise', async () => {
    // A time of one digit leaves 4050 for the value: 3037 bytes in base64url.
    vi.setSystemTime(5000)
    const signer = new Signer(key, 'test')
    const text = await signer.sign('a'.repeat(3037))
    expect(text).toHaveLength(4096)
    expect(await signer.verify(text)).toMatchObject({ outcome: 'valid' })
    await expect(signer.sign('a'.repeat(3038))).rejects.toThrow(
      'takes 4097 characters when it is signed; the limit is 4096.',
    )
  })

  test('keeps a byte order mark', async () => {
    const signer = new Signer(key, 'test')
    expect(await signer.verify(await signer.sign('\ufeffa'))).toMatchObject({ value: '\ufeffa' })
  })
})

describe('a text is bad', () => {
  test.each([
    undefined,
    '',
    '.',
    '..',
    'YWRh',
    'YWRh.1767225600',
    'YWRh.1767225600.',
    `YWRh.1767225600.${'A'.repeat(43)}`,
    `YWRh.1767225600.${'A'.repeat(44)}`,
    `YWRh.01767225600.${'A'.repeat(43)}`,
    `YWRh.-1.${'A'.repeat(43)}`,
    `YW h.1767225600.${'A'.repeat(43)}`,
    5,
    null,
  ])('that nobody signed: %j', async (text) => {
    expect(await new Signer(key, 'test').verify(text as string)).toEqual({ outcome: 'bad' })
  })

  test('with any character changed, taken away or added', async () => {
    const signer = new Signer(key, 'test')
    const text = await signer.sign('ada')
    const character = fc.string({ minLength: 1, maxLength: 1 })
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(1), character, async (at, cut, added) => {
        const changed = text.slice(0, at) + added + text.slice(at + cut)
        fc.pre(changed !== text)
        expect(await signer.verify(changed)).toEqual({ outcome: 'bad' })
        const shorter = text.slice(0, at) + text.slice(at + 1)
        if (shorter !== text) expect(await signer.verify(shorter)).toEqual({ outcome: 'bad' })
      }),
      { numRuns: 300 },
    )
  })

  test('whose signature ends in other bits that mean the same bytes', async () => {
    const signer = new Signer(key, 'test')
    const text = await signer.sign('ada')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(text.at(-1) as string)
    const twin = text.slice(0, -1) + alphabet[last + 1]
    expect(atob(`${twin.slice(-43).replaceAll('-', '+').replaceAll('_', '/')}=`)).toBe(
      atob(`${text.slice(-43).replaceAll('-', '+').replaceAll('_', '/')}=`),
    )
    expect(await signer.verify(twin)).toEqual({ outcome: 'bad' })
  })

  test('whatever it is', async () => {
    const signer = new Signer(key, 'test')
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await signer.verify(text)).toEqual({ outcome: 'bad' })
      }),
    )
  })

  test('for another purpose, and with another key', async () => {
    const text = await new Signer(key, 'confirm an address').sign('ada')
    expect(await new Signer(key, 'reset a password').verify(text)).toEqual({ outcome: 'bad' })
    expect(await new Signer(oldKey, 'confirm an address').verify(text)).toEqual({ outcome: 'bad' })
  })

  test('above the limit, before it costs anything', async () => {
    const signer = new Signer(key, 'test', { limit: 100 })
    const text = await new Signer(key, 'test').sign('a'.repeat(60))
    const verify = vi.spyOn(crypto.subtle, 'verify')
    try {
      expect(await signer.verify(text)).toEqual({ outcome: 'bad' })
      expect(verify).not.toHaveBeenCalled()
    } finally {
      verify.mockRestore()
    }
  })
})

describe('rotation', () => {
  // robustness.md C6
  test('what the old key signed is valid until that is dropped, and says so', async () => {
    const text = await new Signer(oldKey, 'test').sign('ada')
    expect(await new Signer([key, oldKey], 'test').verify(text)).toMatchObject({
      outcome: 'valid',
      key: 1,
    })
    expect(await new Signer([key], 'test').verify(text)).toEqual({ outcome: 'bad' })
  })

  test('the new key signs', async () => {
    const text = await new Signer([key, oldKey], 'test').sign('ada')
    expect(await new Signer(key, 'test').verify(text)).toMatchObject({ outcome: 'valid', key: 0 })
  })
})

describe('expiry', () => {
  test('is after maxAge, to the second', async () => {
    const signer = new Signer(key, 'test', { maxAge: 60 })
    const text = await signer.sign('ada')
    pass(60)
    expect(await signer.verify(text)).toMatchObject({ outcome: 'valid' })
    pass(1)
    expect(await signer.verify(text)).toEqual({ outcome: 'expired', signedAt: start })
  })

  test('is after 14 days by default', async () => {
    const signer = new Signer(key, 'test')
    const text = await signer.sign('ada')
    pass(14 * 86_400)
    expect(await signer.verify(text)).toMatchObject({ outcome: 'valid' })
    pass(1)
    expect(await signer.verify(text)).toMatchObject({ outcome: 'expired' })
  })

  test('may be sooner for one check, or never', async () => {
    const signer = new Signer(key, 'test', { maxAge: Number.POSITIVE_INFINITY })
    const text = await signer.sign('ada')
    pass(1e9)
    expect(await signer.verify(text)).toMatchObject({ outcome: 'valid' })
    expect(await signer.verify(text, { maxAge: 3600 })).toMatchObject({ outcome: 'expired' })
  })

  test('holds for a text from the future, but for a clock that is a little ahead', async () => {
    const signer = new Signer(key, 'test')
    pass(CLOCK_SKEW)
    const text = await signer.sign('ada')
    pass(-CLOCK_SKEW)
    expect(await signer.verify(text)).toMatchObject({ outcome: 'valid' })
    pass(-1)
    expect(await signer.verify(text)).toMatchObject({ outcome: 'expired' })
  })

  test('does not tell of a text that was never signed', async () => {
    expect(await new Signer(key, 'test').verify(`YWRh.1.${'A'.repeat(43)}`)).toEqual({ outcome: 'bad' })
  })
})

describe('refuses', () => {
  test.each(['\ud800', 'a\udc00', 5, undefined, null])('to sign %j', async (value) => {
    await expect(new Signer(key, 'test').sign(value as string)).rejects.toThrow(TypeError)
  })

  test('to sign what would be longer than the limit, which counts all of it', async () => {
    const value = 'a'.repeat(30)
    const { length } = await new Signer(key, 'test').sign(value)
    await expect(new Signer(key, 'test', { limit: length }).sign(value)).resolves.toHaveLength(length)
    await expect(new Signer(key, 'test', { limit: length - 1 }).sign(value)).rejects.toThrow(RangeError)
  })

  test('what it cannot sign, and says what it is', async () => {
    const signer = new Signer(key, 'test')
    await expect(signer.sign('a\ud800')).rejects.toThrow('Got half a surrogate pair to sign')
    await expect(signer.sign(5 as never)).rejects.toThrow('Got a value of type number to sign')
  })

  test('an option that there is not', () => {
    expect(() => new Signer(key, 'test', { maxage: 5 } as object)).toThrow(
      'Got the unknown option "maxage" for a Signer',
    )
  })

  test('no maxAge and no limit above 0', () => {
    expect(() => new Signer(key, 'test', { maxAge: 0.5, limit: 1 })).not.toThrow()
  })

  test.each(['', undefined, 5])('the purpose %j', (purpose) => {
    expect(() => new Signer(key, purpose as string)).toThrow(TypeError)
  })

  test.each([
    { maxAge: 0 },
    { maxAge: -1 },
    { maxAge: Number.NaN },
    { maxAge: '60' },
    { limit: 0 },
    { limit: 1.5 },
  ])('the options %j', (options) => {
    expect(() => new Signer(key, 'test', options as object)).toThrow(RangeError)
  })

  test('a maxAge of a check that is none', async () => {
    await expect(new Signer(key, 'test').verify('', { maxAge: Number.NaN })).rejects.toThrow(RangeError)
  })
})
