import { BadRequestKeyError, validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'
import { requireValue } from './require-value.ts'
import { Response } from './response.ts'

describe('requireValue', () => {
  test('gives the first value of whatever has names', () => {
    const { args, cookies, headers } = new Request(
      createEnviron('/?a=1&a=2&empty', { headers: { Cookie: 'b=3', Accept: '*/*' } }),
    )
    const form = new FormData()
    form.append('c', '4')
    expect(requireValue(args, 'a')).toBe('1')
    expect(requireValue(args, 'empty')).toBe('')
    expect(requireValue(cookies, 'b')).toBe('3')
    expect(requireValue(headers, 'Accept')).toBe('*/*')
    expect(requireValue(form, 'c')).toBe('4')
  })

  test('what the request lacks is answered 400 with its name', async () => {
    const app = Request.application(({ args }) => new Response(requireValue(args, 'q')))
    const client = new Client(validate(app))
    const answer = await client.get('/', { headers: { Accept: 'application/json' } })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ detail: 'The request lacks the value "q".' })
    expect(await (await client.get('/?q=x')).text()).toBe('x')
    expect(() => requireValue(new Request(createEnviron('/')).args, 'q')).toThrow(
      expect.objectContaining({ key: 'q', message: expect.stringContaining('"q"') }),
    )
  })

  test.each(['__proto__', 'constructor', 'get'])('%s is only a name (robustness.md K2)', (name) => {
    const { args, cookies, headers } = new Request(createEnviron('/'))
    expect(() => requireValue(args, name)).toThrow(BadRequestKeyError)
    expect(() => requireValue(cookies, name)).toThrow(BadRequestKeyError)
    if (name !== '__proto__') expect(() => requireValue(headers, name)).toThrow(BadRequestKeyError)
  })

  test.each([
    [Promise.resolve(new FormData()), 'Got a promise to take "a" from; await it first.'],
    [undefined, 'Got undefined to take "a" from; expected args, cookies, headers or a form.'],
    [null, 'Got null to take "a" from;'],
    ['a=1', 'Got a=1 to take "a" from;'],
    [{ a: 1 }, 'Got an object without get() to take "a" from;'],
    [{ get: '1' }, 'Got an object without get() to take "a" from;'],
  ])('refuses %s, which has no values by name', (values, message) => {
    expect(() => requireValue(values as never, 'a')).toThrow(TypeError)
    expect(() => requireValue(values as never, 'a')).toThrow(message)
  })
})
