import { BadRequestKeyError, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'
import { requireFile, requireText } from './require-field.ts'
import { Response } from './response.ts'

const app = validate(
  Request.application(async (request) => {
    const form = await request.formData()
    const file = requireFile(form, 'picture')
    return new Response(`${requireText(form, 'title')}: ${file.name}, ${await file.text()}`)
  }),
)
const picture = new File(['meow'], 'cat.txt')
const form = (fields: Readonly<Record<string, string | File>>): FormData => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  return data
}

test('gives texts and files of a form by name', async () => {
  const answer = await new Client(app).post('/', { form: { title: 'A cat', picture } })
  expect(answer.text()).toBe('A cat: cat.txt, meow')
})

test.each([
  { lacking: 'the text', sent: { picture }, detail: 'The request lacks the value "title".' },
  { lacking: 'the file', sent: { title: 'A cat' }, detail: 'The request lacks the value "picture".' },
  {
    lacking: 'a text that is none',
    sent: { title: picture, picture },
    detail: 'The value "title" of the form is a file; expected a text.',
  },
  {
    lacking: 'a file that is none',
    sent: { title: 'A cat', picture: 'meow' },
    detail: 'The value "picture" of the form is a text; expected a file.',
  },
])('a form that lacks $lacking is answered 400', async ({ sent, detail }) => {
  const answer = await new Client(app).post('/', { form: sent, headers: { Accept: 'application/json' } })
  expect(answer.status).toBe(400)
  expect(answer.json()).toMatchObject({ detail })
})

describe('requireText', () => {
  test('an empty text is one, and of several the first counts', () => {
    expect(requireText(form({ title: '' }), 'title')).toBe('')
    const twice = form({ title: 'a' })
    twice.append('title', 'b')
    expect(requireText(twice, 'title')).toBe('a')
  })

  test('__proto__ is only a name (robustness.md K2)', () => {
    expect(() => requireText(form({}), '__proto__')).toThrow(BadRequestKeyError)
    const named = new FormData()
    named.append('__proto__', 'x')
    expect(requireText(named, '__proto__')).toBe('x')
  })

  test('a promise of a form throws what is missing: an await', () => {
    expect(() => requireText(Promise.resolve(form({})) as never, 'title')).toThrow(
      new TypeError('Got a promise to take "title" from; await it first.'),
    )
    expect(() => requireFile({} as never, 'title')).toThrow(
      'Got an object without get() to take "title" from; expected args, cookies, headers or a form.',
    )
  })
})

describe('requireFile', () => {
  test('what a browser sends for a field in which no file was chosen is none', () => {
    expect(() => requireFile(form({ picture: new File([], '') }), 'picture')).toThrow(BadRequestKeyError)
  })

  test('an empty file that has a name is one', () => {
    expect(requireFile(form({ picture: new File([], 'empty.txt') }), 'picture').size).toBe(0)
  })
})
