import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowedMethods, answersMethod, MethodTable, sortMethods } from './method-table.ts'
import { Candidate, Rule } from './rule.ts'

function candidate(methods: string[] | undefined, pattern = '/'): Candidate {
  return new Candidate(new Rule({ pattern, methods, app: () => '' }), [])
}

function tableOf(...candidates: Candidate[]): MethodTable {
  const table = new MethodTable()
  for (const each of candidates) {
    table.check(each.rule)
    table.add(each)
  }
  return table
}

describe('MethodTable', () => {
  test('picks the rule for a method', () => {
    const [get, post] = [candidate(['GET']), candidate(['POST', 'PUT'])]
    const table = tableOf(get, post)
    expect(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'get'].map((method) => table.pick(method))).toEqual([
      get,
      get,
      post,
      post,
      undefined,
      undefined,
    ])
  })

  test('picks a rule for every method, HEAD and OPTIONS too', () => {
    const any = candidate(undefined)
    const table = tableOf(any)
    expect(['GET', 'HEAD', 'OPTIONS', 'BREW'].every((method) => table.pick(method) === any)).toBe(true)
  })

  test('lists who answers what as it picks', () => {
    const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT']
    const lists = fc.array(fc.option(fc.uniqueArray(fc.constantFrom(...methods), { minLength: 1 })), {
      minLength: 1,
    })
    const property = fc.property(lists, (each) => {
      const table = new MethodTable()
      for (const list of each) {
        const added = candidate(list ?? undefined)
        try {
          table.check(added.rule)
        } catch {
          continue
        }
        table.add(added)
      }
      for (const method of [...methods, 'BREW']) {
        const [entry] = [...table.entries()].filter(([, named]) => named?.includes(method) ?? true)
        expect(entry?.[0], method).toBe(table.pick(method))
      }
    })
    fc.assert(property)
  })

  test('prefers a rule for HEAD, whenever it was added', () => {
    const [get, head] = [candidate(['GET']), candidate(['HEAD'])]
    expect(tableOf(get, head).pick('HEAD')).toBe(head)
    expect(tableOf(head, get).pick('HEAD')).toBe(head)
    expect(tableOf(head).pick('GET')).toBeUndefined()
  })

  test.each([
    [['GET'], ['GET']],
    [
      ['GET', 'POST'],
      ['PUT', 'POST'],
    ],
    [undefined, ['GET']],
    [['GET'], undefined],
    [undefined, undefined],
  ])('refuses %j with %j', (first, second) => {
    const table = tableOf(candidate(first, '/a'))
    expect(() => table.check(candidate(second, '/b').rule)).toThrow(
      /No request can tell \S+ \/b from \S+ \/a,/,
    )
  })
})

describe('allowedMethods', () => {
  test('lists the methods of all tables once, sorted, with HEAD for GET and with OPTIONS', () => {
    const tables = [tableOf(candidate(['POST', 'GET'])), tableOf(candidate(['DELETE', 'POST']))]
    expect(allowedMethods(tables)).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST'])
    expect(allowedMethods([tableOf(candidate(['POST']))])).toEqual(['OPTIONS', 'POST'])
  })
})

test('methods are sorted, with HEAD where GET is and nowhere else', () => {
  expect(sortMethods(new Set(['PUT', 'GET']))).toEqual(['GET', 'HEAD', 'PUT'])
  expect(sortMethods(new Set(['HEAD', 'GET']))).toEqual(['GET', 'HEAD'])
  expect(sortMethods(new Set(['PUT', 'DELETE']))).toEqual(['DELETE', 'PUT'])
})

// RFC 9110 section 9.3.2
test.each([
  [undefined, 'BREW', true],
  [['GET'], 'GET', true],
  [['GET'], 'HEAD', true],
  [['POST'], 'HEAD', false],
  [['HEAD'], 'HEAD', true],
  [['HEAD'], 'GET', false],
  [['GET', 'POST'], 'POST', true],
  [['GET'], 'POST', false],
  [['GET'], 'get', false],
])('a rule for %j answers %s: %s', (methods, method, answers) => {
  expect(answersMethod({ methods }, method)).toBe(answers)
})
