import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkProblem, type ProblemMembers, problemDetails } from './problem-details.ts'

describe('problemDetails', () => {
  test('has the members in order, and those of the extensions beside them', () => {
    const details = problemDetails(403, 'Your balance is 30, that costs 50.', {
      type: 'https://example.com/probs/out-of-credit',
      title: 'You do not have enough credit.',
      instance: '/account/12345/msgs/abc',
      extensions: { balance: 30, accounts: ['/account/12345'] },
    })
    // The example of RFC 9457 section 3.
    expect(JSON.stringify(details)).toBe(
      '{"type":"https://example.com/probs/out-of-credit","title":"You do not have enough credit.","status":403,' +
        '"detail":"Your balance is 30, that costs 50.","instance":"/account/12345/msgs/abc","balance":30,"accounts":["/account/12345"]}',
    )
  })

  test('leaves out what has its default, and a title that nobody knows', () => {
    expect({ ...problemDetails(404, 'No.') }).toEqual({ title: 'Not Found', status: 404, detail: 'No.' })
    expect({ ...problemDetails(599, 'No.') }).toEqual({ status: 599, detail: 'No.' })
  })

  test('inherits nothing', () => {
    expect(Object.getPrototypeOf(problemDetails(404, 'No.'))).toBeNull()
  })
})

describe('checkProblem', () => {
  test.each<ProblemMembers>([
    {},
    { type: 'about:blank' },
    { type: '/problems/a%20b?c=d#e' },
    { type: 'tag:example.org,2026:full', title: 'Full', instance: 'urn:uuid:f81d4fae' },
    { extensions: {} },
    { extensions: { a: null, b2: [1, { c: true }], d_e: 'text' } },
  ])('takes %j', (members) => {
    expect(checkProblem(members)).toEqual(members)
  })

  test.each([
    ['a member with a typing error', { tilte: 'Full' }],
    ['a status', { status: 200 }],
    ['a list', []],
    ['nothing', null],
    ['a type with a space', { type: 'not found' }],
    ['a type that is empty', { type: '' }],
    ['a type beyond ASCII', { type: 'https://example.org/ü' }],
    ['a type that is no string', { type: new URL('https://example.org/') }],
    ['an instance with a quote', { instance: '/a"b' }],
    ['an empty title', { title: '' }],
    ['extensions in a list', { extensions: [1] }],
    ['an extension called type', { extensions: { type: 'x' } }],
    ['an extension called detail', { extensions: { detail: 'x' } }],
    ['an extension called __proto__', { extensions: JSON.parse('{"__proto__":{"admin":true}}') }],
    ['an extension called constructor', { extensions: { constructor: { prototype: {} } } }],
    ['an extension with a hyphen', { extensions: { 'retry-after': 1 } }],
    ['an extension without a name', { extensions: { '': 1 } }],
    ['a bigint', { extensions: { size: 1n } }],
    ['extensions that become no object', { extensions: { toJSON: () => 'text' } }],
  ])('refuses %s', (_what, members) => {
    expect(() => checkProblem(members as ProblemMembers)).toThrow(TypeError)
  })

  test('refuses extensions that hold themselves, and says why', () => {
    const round: Record<string, unknown> = {}
    round.self = round
    expect(() => checkProblem({ extensions: round })).toThrow(/JSON cannot hold/)
  })

  test('refuses the names that toJSON brings in', () => {
    const extensions = { toJSON: () => ({ status: 200 }) }
    expect(() => checkProblem({ extensions })).toThrow(/"status"/)
  })

  test('keeps a copy that later changes do not reach', () => {
    const errors = ['name']
    const members = { extensions: { errors } }
    const checked = checkProblem(members)
    errors.push('email')
    expect(checked.extensions).toEqual({ errors: ['name'] })
    expect(Object.isFrozen(checked) && Object.isFrozen(checked.extensions)).toBe(true)
  })

  test('takes keys within a value as data', () => {
    const extensions = { fields: JSON.parse('{"__proto__":"is missing"}') }
    const details = problemDetails(422, 'No.', checkProblem({ extensions }))
    expect(JSON.stringify(details.fields)).toBe('{"__proto__":"is missing"}')
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  test('throws a TypeError or gives what survives JSON, for any extensions', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (extensions) => {
        let members: ProblemMembers
        try {
          members = checkProblem({ extensions })
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          return
        }
        const details = problemDetails(400, 'No.', members)
        expect(JSON.parse(JSON.stringify(details))).toEqual({ ...details })
        expect(details).toMatchObject({ status: 400, detail: 'No.', title: 'Bad Request' })
      }),
    )
  })
})
