import { validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { InvalidContent, ISSUE_LIMIT } from './invalid-content.ts'
import { Request } from './request.ts'
import { Response } from './response.ts'
import { type SchemaResult, type StandardSchema, schemaOf, validateWith } from './standard-schema.ts'
import { toRecord } from './to-record.ts'

function schema<T>(
  validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>,
): StandardSchema<T> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

describe('validateWith', () => {
  test('gives what the validator makes of the value, at once', () => {
    const upper = schema((value) => ({ value: String(value).toUpperCase() }))
    expect(validateWith(upper, 'ada')).toBe('ADA')
  })

  test('waits for a validator that takes its time', async () => {
    const late = schema(async (value) => ({ value }))
    const result = validateWith(late, 1)
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toBe(1)
  })

  test('a schema may be a function', () => {
    const callable = Object.assign(
      () => {},
      schema((value) => ({ value })),
    )
    expect(validateWith(callable, 1)).toBe(1)
  })

  test('a refusal is answered as the caller says, in words that fit a query', async () => {
    const refusing = schema<never>(() => ({ issues: [{ message: 'Required', path: ['q'] }] }))
    const app = Request.application(({ args }) =>
      Response.json(validateWith(refusing, toRecord(args), { status: 400 })),
    )
    const answer = await new Client(validate(app)).get('/?p=1')
    expect([answer.status, answer.text()]).toEqual([
      400,
      '400 Bad Request\nThe request is not valid: /q: Required\n',
    ])
    expect(() => validateWith(refusing, 1, { status: 500 as 400 })).toThrow('expected 400 or 422')
  })

  test('a refusal is a 422 with the places', () => {
    const picky = schema(() => ({
      issues: [
        { message: 'Expected a string', path: ['users', { key: 0 }, 'a/b'] },
        { message: 'Too many' },
        { message: 'Empty', path: [] },
      ],
    }))
    const error = thrownBy(() => validateWith(picky, {}))
    expect(error).toBeInstanceOf(InvalidContent)
    expect(error.issues).toEqual([
      { pointer: '/users/0/a~1b', detail: 'Expected a string' },
      { pointer: '', detail: 'Too many' },
      { pointer: '', detail: 'Empty' },
    ])
  })

  test('a late refusal rejects', async () => {
    const late = schema(async () => ({ issues: [{ message: 'No', path: [Symbol.iterator] }] }))
    await expect(validateWith(late, 1)).rejects.toMatchObject({
      status: 422,
      issues: [{ pointer: '/Symbol(Symbol.iterator)', detail: 'No' }],
    })
  })

  test('no issues is a refusal all the same', () => {
    expect(
      thrownBy(() =>
        validateWith(
          schema(() => ({ issues: [] })),
          1,
        ),
      ).status,
    ).toBe(422)
  })

  test('of an issue for each item of a long list only so many are looked at', () => {
    let read = 0
    const issues = Array.from({ length: 10_000 }, () => ({
      get message() {
        read++
        return 'No'
      },
    }))
    thrownBy(() =>
      validateWith(
        schema(() => ({ issues })),
        1,
      ),
    )
    expect(read).toBe(ISSUE_LIMIT)
  })

  test('what is no validator is refused', () => {
    expect(() => validateWith({ parse() {} } as never, 1)).toThrow('expected a Standard Schema')
    expect(() => validateWith(undefined as never, 1)).toThrow('Got undefined for the schema')
  })

  test('what the validator itself throws goes on', () => {
    const broken = schema(() => {
      throw new RangeError('a fault of its own')
    })
    expect(() => validateWith(broken, 1)).toThrow(RangeError)
  })
})

describe('schemaOf', () => {
  test('gives the schema among options', () => {
    const any = schema((value) => ({ value }))
    expect(schemaOf({ schema: any })).toBe(any)
    expect(schemaOf({})).toBeUndefined()
  })

  test.each([
    { value: undefined },
    { value: null },
    { value: {} },
    { value: { parse() {} } },
    { value: { '~standard': {} } },
    { value: () => true },
  ])('$value is no schema', ({ value }) => {
    expect(() => schemaOf({ schema: value as unknown as StandardSchema })).toThrow(
      'expected a Standard Schema',
    )
  })

  test('a schema in the place of the options is refused', () => {
    expect(() => schemaOf(schema((value) => ({ value })) as object)).toThrow('give it as { schema }')
  })
})

function thrownBy(action: () => unknown): InvalidContent {
  try {
    action()
  } catch (error) {
    return error as InvalidContent
  }
  throw new Error('Nothing was thrown.')
}
