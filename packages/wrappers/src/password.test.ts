import { Unauthorized, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPasswordHash, generatePasswordHash, needsRehash, PASSWORD_LIMIT } from './password.ts'
import { Request } from './request.ts'
import { Response } from './response.ts'

/** Quick enough for tests. */
const quick = { method: 'scrypt:16:1:1' }

test('a login compares the password with the hash of the user', async () => {
  const users = new Map([['ada', await generatePasswordHash('lovelace', quick)]])
  const app = Request.application(async (request) => {
    const name = request.args.get('name') ?? ''
    const password = request.args.get('password') ?? ''
    if (!(await checkPasswordHash(users.get(name), password))) throw new Unauthorized()
    return new Response(`Hello ${name}`)
  })
  const client = new Client(validate(app))
  expect((await client.get('/?name=ada&password=lovelace')).text()).toBe('Hello ada')
  expect((await client.get('/?name=ada&password=Lovelace')).status).toBe(401)
  expect((await client.get('/?name=bob&password=lovelace')).status).toBe(401)
})

describe('generatePasswordHash', () => {
  test('makes what Werkzeug makes by default: scrypt with 16 letters and digits of salt', async () => {
    expect(await generatePasswordHash('a')).toMatch(/^scrypt:32768:8:1\$[A-Za-z0-9]{16}\$[0-9a-f]{128}$/)
  })

  test('takes another method and length of salt', async () => {
    const hash = await generatePasswordHash('a', { method: 'pbkdf2:sha512:10', saltLength: 3 })
    expect(hash).toMatch(/^pbkdf2:sha512:10\$[A-Za-z0-9]{3}\$[0-9a-f]{128}$/)
    expect(await checkPasswordHash(hash, 'a')).toBe(true)
  })

  test('salts each hash', async () => {
    const hashes = await Promise.all([generatePasswordHash('a', quick), generatePasswordHash('a', quick)])
    expect(new Set(hashes.map((hash) => hash.split('$')[1])).size).toBe(2)
    expect(new Set(hashes.map((hash) => hash.split('$')[2])).size).toBe(2)
  })

  test.each(['plain', 'scrypt:1073741824:8:1', 'pbkdf2:sha256:99999999', 5])(
    'rejects the method %s',
    async (method) => {
      await expect(generatePasswordHash('a', { method: method as string })).rejects.toThrow(TypeError)
    },
  )

  test.each([0, -1, 1.5, 256, Number.NaN, '16'])('rejects the salt length %s', async (saltLength) => {
    await expect(generatePasswordHash('a', { ...quick, saltLength: saltLength as number })).rejects.toThrow(
      RangeError,
    )
  })

  test('rejects a password that is no string, and does not show it', async () => {
    await expect(generatePasswordHash(12_345 as never, quick)).rejects.toThrow(
      /^Got a password of type number/,
    )
  })

  test('answers 400 to a password above the limit, counted in bytes', async () => {
    const longest = 'ü'.repeat(PASSWORD_LIMIT / 2)
    const hash = await generatePasswordHash(longest, quick)
    expect(await checkPasswordHash(hash, longest)).toBe(true)
    expect(await checkPasswordHash(hash, `${longest}a`)).toBe(false)
    await expect(generatePasswordHash(`${longest}a`, quick)).rejects.toMatchObject({ status: 400 })
  })
})

describe('checkPasswordHash', () => {
  test.each([
    // Werkzeug 3.1
    'scrypt:32768:8:1$8unsvnY4$cd33420f342e476f168f87d6d7bbf3233470362cdb45a0bcc25eef57d740579e2125d764304f4f1be8d4c1d48e9b2ff14ea9bb9cdaa8efe2e97c7f923694ee60',
    'scrypt:16384:8:5$gOm1jkYX$d3d98b453bda54c869398f50141995488a408fe98ea8695be647e6196c6fc2b0f169da69edc73c28112037bcf88b26b680d6e428dd2d2683c771ac26da4c5144',
    'pbkdf2:sha256:1000000$JhBpgqQV$d8eae2db653a2676a765391c3acd17e81bf47d0cb100a76b1f82c247391af087',
    'pbkdf2:sha512:1000$j0BlYq7c$279c0f15f0bd115e44ef2fd994a3c3508fe7e29b3484889b7c69a658cb9e03654381015e20325809fa36e92b34f836915136d6674c474233ecf7f8da97a49b86',
    'pbkdf2:sha1:1$2Xly8F5o$23bdc0b258223970ac39f58b2f4ec70874d63dff',
  ])('knows the password of the hash %s of Werkzeug, and no other', async (hash) => {
    expect(await checkPasswordHash(hash, 'correct horse ü')).toBe(true)
    expect(await checkPasswordHash(hash, 'correct horse u')).toBe(false)
  })

  test('agrees with RFC 7914 section 12', async () => {
    const hash =
      'scrypt:1024:8:16$NaCl$fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162' +
      '2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640'
    expect(await checkPasswordHash(hash, 'password')).toBe(true)
  })

  test('is true for the password that was hashed, and false for any other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (password, other) => {
        const hash = await generatePasswordHash(password, quick)
        expect(await checkPasswordHash(hash, password)).toBe(true)
        expect(await checkPasswordHash(hash, other)).toBe(password === other)
      }),
    )
  })

  test.each([
    '',
    '$',
    '$$',
    'scrypt',
    'secret',
    'plain$$secret',
    'scrypt:16:1:1$salt',
    'scrypt:16:1:1$salt$',
    `scrypt:16:1:1$salt$${'0'.repeat(127)}`,
    `scrypt:16:1:1$salt$${'0'.repeat(130)}`,
    `scrypt:16:1:1$salt$${'g'.repeat(128)}`,
    `scrypt:16:1:1$salt$$${'0'.repeat(128)}`,
    `scrypt:16:1:1$${'s'.repeat(256)}$${'0'.repeat(128)}`,
    `scrypt:1073741824:8:1$salt$${'0'.repeat(128)}`,
    `pbkdf2:sha256:99999999$salt$${'0'.repeat(64)}`,
    `pbkdf2:sha256:10$salt$${'0'.repeat(128)}`,
  ])('is false for the malformed or excessive hash %j', async (hash) => {
    expect(await checkPasswordHash(hash, 'secret')).toBe(false)
  })

  test('is false for any other text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (hash) => {
        expect(await checkPasswordHash(hash, 'secret')).toBe(false)
      }),
    )
  })

  test.each([undefined, null, 5])('is false for the hash %s', async (hash) => {
    expect(await checkPasswordHash(hash as undefined, 'secret')).toBe(false)
  })

  test('rejects a password that is no string', async () => {
    await expect(checkPasswordHash('x', null as never)).rejects.toThrow(TypeError)
  })
})

describe('needsRehash', () => {
  test('is false for what generatePasswordHash makes with the same method', async () => {
    expect(needsRehash(await generatePasswordHash('a', quick), quick)).toBe(false)
    expect(needsRehash(`scrypt:32768:8:1$salt$${'0'.repeat(128)}`)).toBe(false)
  })

  test.each([
    `scrypt:16384:8:1$salt$${'0'.repeat(128)}`,
    `pbkdf2:sha256:1000000$salt$${'0'.repeat(64)}`,
    'malformed',
  ])('is true for %s', (hash) => {
    expect(needsRehash(hash)).toBe(true)
  })

  test('throws for an unknown method', () => {
    expect(() => needsRehash('x', { method: 'md5' })).toThrow(TypeError)
  })
})
