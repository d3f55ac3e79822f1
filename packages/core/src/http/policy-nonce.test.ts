import { describe, expect, test } from 'vitest'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import { formatContentSecurityPolicy, parseContentSecurityPolicy } from './content-security-policy.ts'
import { allowSources, createNonce, nonceSource } from './policy-nonce.ts'

describe('createNonce', () => {
  test('gives 128 bits, and others each time', () => {
    const nonces = Array.from({ length: 100 }, createNonce)
    expect(new Set(nonces).size).toBe(100)
    expect(nonces.every((nonce) => atob(nonce).length === 16)).toBe(true)
  })

  test('gives what is a source of a policy', () => {
    const scriptSrc = [nonceSource(createNonce())]
    expect(parseContentSecurityPolicy(formatContentSecurityPolicy({ scriptSrc }))).toEqual({ scriptSrc })
  })
})

describe('nonceSource', () => {
  test.each(['abc', 'YTpi==', 'a-b_c', 'a+/b='])('takes %s', (nonce) => {
    expect(nonceSource(nonce)).toBe(`'nonce-${nonce}'`)
  })

  test.each(['', '=', "a'", 'a b', 'a; script-src *', 'ä', 'a===', "'nonce-a'"])('refuses %j', (nonce) => {
    expect(() => nonceSource(nonce)).toThrow(RangeError)
  })
})

describe('allowSources', () => {
  test('adds to the sources that are there, each once, and changes nothing it got', () => {
    const policy = { scriptSrc: ["'self'"] as const, imgSrc: ['*'] }
    expect(allowSources(policy, 'scriptSrc', "'nonce-a'", "'self'")).toEqual({
      scriptSrc: ["'self'", "'nonce-a'"],
      imgSrc: ['*'],
    })
    expect(policy.scriptSrc).toEqual(["'self'"])
  })

  test('begins with what the directive falls back to, so that nothing is forbidden that was allowed', () => {
    expect(allowSources({ defaultSrc: ["'self'"] }, 'scriptSrc', 'a')).toEqual({
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", 'a'],
    })
    expect(allowSources({ defaultSrc: ['d'], scriptSrc: ['s'] }, 'scriptSrcElem', 'a').scriptSrcElem).toEqual(
      ['s', 'a'],
    )
    expect(allowSources({ defaultSrc: ['d'], styleSrc: ['s'] }, 'styleSrcAttr', 'a').styleSrcAttr).toEqual([
      's',
      'a',
    ])
    expect(allowSources({ defaultSrc: ['d'], childSrc: ['c'] }, 'frameSrc', 'a').frameSrc).toEqual(['c', 'a'])
    expect(allowSources({ scriptSrc: ['s'] }, 'workerSrc', 'a').workerSrc).toEqual(['s', 'a'])
    expect(allowSources({ childSrc: ['c'], scriptSrc: ['s'] }, 'workerSrc', 'a').workerSrc).toEqual([
      'c',
      'a',
    ])
    expect(allowSources({ defaultSrc: ['d'], scriptSrc: ['s'] }, 'imgSrc', 'a').imgSrc).toEqual(['d', 'a'])
  })

  test("has 'none' give way", () => {
    expect(allowSources({ scriptSrc: ["'NONE'"] }, 'scriptSrc', 'a').scriptSrc).toEqual(['a'])
    expect(allowSources({ defaultSrc: [] }, 'imgSrc', 'a').imgSrc).toEqual(['a'])
  })

  test('restricts nothing that was not restricted', () => {
    const policy = { frameAncestors: ["'self'"] }
    expect(allowSources(policy, 'scriptSrc', 'a')).toBe(policy)
  })

  test('leaves the policy alone when there is nothing to add', () => {
    const policy = { scriptSrc: ["'none'"] }
    expect(allowSources(policy, 'scriptSrc')).toBe(policy)
  })
})

test('a nonce is of base64 in either alphabet, with two signs of padding at most', () => {
  const accepts = (nonce: string) => {
    try {
      return nonceSource(nonce) === `'nonce-${nonce}'`
    } catch {
      return false
    }
  }
  const alphabet = sorted(`+-/_${digits}${upper}${lower}`)
  expect(acceptedOf(accepts)).toBe(alphabet)
  expect(acceptedOf((character) => accepts(`a${character}a`))).toBe(alphabet)
  expect(['a=', 'a==', 'a===', '=', '==', ''].map(accepts)).toEqual([true, true, false, false, false, false])
})

test.each([
  ['scriptSrcElem', { scriptSrc: ['a'], defaultSrc: ['b'] }, ['a', 'x']],
  ['scriptSrcAttr', { scriptSrc: ['a'], defaultSrc: ['b'] }, ['a', 'x']],
  ['styleSrcElem', { styleSrc: ['a'], defaultSrc: ['b'] }, ['a', 'x']],
  ['styleSrcAttr', { styleSrc: ['a'], defaultSrc: ['b'] }, ['a', 'x']],
  ['workerSrc', { childSrc: ['a'], scriptSrc: ['b'], defaultSrc: ['c'] }, ['a', 'x']],
  ['workerSrc', { scriptSrc: ['b'], defaultSrc: ['c'] }, ['b', 'x']],
  ['frameSrc', { childSrc: ['a'], scriptSrc: ['b'], defaultSrc: ['c'] }, ['a', 'x']],
  ['frameSrc', { scriptSrc: ['b'], defaultSrc: ['c'] }, ['c', 'x']],
  ['imgSrc', { scriptSrc: ['b'], defaultSrc: ['c'] }, ['c', 'x']],
  ['childSrc', { defaultSrc: ["'None'"] }, ['x']],
  ['imgSrc', { scriptSrc: ['b'] }, undefined],
] as const)('%s with %j falls back as CSP level 3 section 6.8.3 has it', (directive, policy, expected) => {
  const extended = allowSources(policy, directive, 'x')
  expect(extended[directive]).toEqual(expected)
  if (expected === undefined) expect(extended).toBe(policy)
})
