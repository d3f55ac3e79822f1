import { validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { InvalidContent } from './invalid-content.ts'
import { Request } from './request.ts'
import { Response } from './response.ts'
import type { SchemaResult, StandardSchema } from './standard-schema.ts'

interface User {
  readonly name: string
  readonly age: number
}

function check(value: unknown): SchemaResult<User> {
  const { name, age } = Object(value) as { name?: unknown; age?: unknown }
  if (typeof name !== 'string') return { issues: [{ message: 'Expected a string', path: ['name'] }] }
  return { value: { name, age: Number(age) } }
}

const user: StandardSchema<User> = { '~standard': { version: 1, vendor: 'test', validate: check } }
const lateUser: StandardSchema<User> = {
  '~standard': { version: 1, vendor: 'test', validate: async (value) => check(value) },
}

function post(body: string): Request {
  return new Request(
    createEnviron('/', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }),
  )
}

describe('json with a schema', () => {
  test('gives what the schema makes of the value', async () => {
    expect(await post('{"name":"Ada","age":"36"}').json({ schema: user })).toEqual({ name: 'Ada', age: 36 })
  })

  test('waits for a schema that takes its time', async () => {
    expect(await post('{"name":"Ada","age":36}').json({ schema: lateUser })).toEqual({ name: 'Ada', age: 36 })
    await expect(post('{}').json({ schema: lateUser })).rejects.toThrow(InvalidContent)
  })

  test('a value that it refuses is answered 422 with its places', async () => {
    const app = Request.application(async (request) => Response.json(await request.json({ schema: user })))
    const client = new Client(validate(app))
    const answer = await client.post('/', {
      headers: { 'Content-Type': 'application/json', Accept: 'text/plain' },
      body: '{"name":1}',
    })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('/name: Expected a string')
  })

  test('what is not JSON is 400 or 415 before the schema sees it', async () => {
    const never: StandardSchema<never> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => {
          throw new Error('The schema was asked.')
        },
      },
    }
    await expect(post('{').json({ schema: never })).rejects.toMatchObject({ status: 400 })
    await expect(post('{"__proto__":{}}').json({ schema: never })).rejects.toMatchObject({ status: 400 })
    const plain = new Request(createEnviron('/', { method: 'POST', body: '{}' }))
    await expect(plain.json({ schema: never })).rejects.toMatchObject({ status: 415 })
  })

  test('goes with the other options', async () => {
    await expect(post('{"name":"Ada"}').json({ schema: user, limit: 3 })).rejects.toMatchObject({
      status: 413,
    })
  })

  test('a schema that is undefined throws: nothing goes unchecked for a slip', () => {
    expect(() => post('{}').json({ schema: undefined as unknown as StandardSchema })).toThrow(TypeError)
    expect(() => post('{}').json(user as object)).toThrow('give it as { schema }')
  })
})
