import { describe, expect, test } from 'vitest'
import { parsePattern } from './pattern.ts'
import {
  checkFlag,
  checkList,
  checkMethods,
  checkOptionNames,
  checkPrefix,
  checkPrefixEnd,
  checkRecord,
  checkText,
} from './rule-options.ts'

describe('checkOptionNames', () => {
  test('names the option that there is not, and those that there are', () => {
    expect(() => checkOptionNames({ a: 1, c: 2 }, ['a', 'b'], '/x')).toThrow(
      new TypeError('Got the unknown option "c" for /x; there are a, b.'),
    )
    checkOptionNames({ a: 1 }, ['a', 'b'], '/x')
  })

  test.each([
    [null, 'null'],
    ['/a', '"/a"'],
    [7, '7'],
  ])('refuses %j in place of options', (options, shown) => {
    expect(() => checkOptionNames(options as never, [], '/x')).toThrow(
      new TypeError(`Got ${shown} for the options of /x; expected an object.`),
    )
  })
})

describe('checkMethods', () => {
  test('gives each method once, in a list that stays as it is', () => {
    const methods = checkMethods(new Set(['GET', 'POST']), '/')
    expect(methods).toEqual(['GET', 'POST'])
    expect(Object.isFrozen(methods)).toBe(true)
    expect(checkMethods(['GET', 'GET'], '/')).toEqual(['GET'])
    expect(checkMethods(['M-SEARCH'], '/')).toEqual(['M-SEARCH'])
  })

  test('gives a list that it made before as it is', () => {
    const methods = checkMethods(['GET'], '/')
    expect(checkMethods(methods, '/a')).toBe(methods)
    expect(checkMethods(['GET'], '/a')).toBe(methods)
    expect(() => checkMethods(Object.freeze(['get']), '/a')).toThrow(TypeError)
    const several = checkMethods(['PUT', 'POST'], '/')
    expect(checkMethods(several, '/a')).toBe(several)
    expect(checkMethods(['GET', 'PUT'], '/a')).toEqual(['GET', 'PUT'])
  })

  test.each([
    ['GET', `Got "GET" for the methods of /; expected a list, as in ['GET', 'POST'].`],
    [null, 'Got null for the methods of /'],
    [[], 'Got no methods for /; leave them out to answer every method.'],
    [['get'], `Got the method "get" for /; expected a token in upper case, as in 'GET'.`],
    [['A B'], 'Got the method "A B" for /'],
    [[7], 'Got the method 7 for /'],
  ])('refuses %j', (methods, message) => {
    expect(() => checkMethods(methods as never, '/')).toThrow(TypeError)
    expect(() => checkMethods(methods as never, '/')).toThrow(message)
  })
})

describe('checks of one value', () => {
  test.each([
    ['text', () => checkText('a', 'name', '/')],
    ['flag', () => checkFlag(false, 'alias', '/')],
    ['record', () => checkRecord({}, 'defaults', '/')],
    ['list', () => checkList([() => {}], '/')],
  ])('let a %s pass', (_title, check) => {
    expect(check).not.toThrow()
  })

  test.each([
    [
      'text',
      () => checkText('', 'name', '/'),
      'Got "" for the name of /; expected a text that is not empty.',
    ],
    ['text', () => checkText(7, 'name', '/'), 'Got 7 for the name of /'],
    ['text', () => checkText(['a'], 'name', '/'), 'Got a list for the name of /'],
    ['flag', () => checkFlag('true', 'alias', '/'), 'Got "true" for alias of /'],
    ['flag', () => checkFlag(1, 'alias', '/'), 'Got 1 for alias of /; expected true or false.'],
    ['record', () => checkRecord([], 'defaults', '/'), 'for the defaults of /; expected an object'],
    ['record', () => checkRecord(null, 'defaults', '/'), 'Got null for the defaults of /'],
    ['record', () => checkRecord('a', 'defaults', '/'), 'Got "a" for the defaults of /'],
    ['record', () => checkRecord(() => 1, 'defaults', '/'), 'Got the function (anonymous) for the defaults'],
    ['list', () => checkList('a', '/'), 'Got "a" for the middleware of /; expected a list.'],
    ['function', () => checkList([7], '/'), 'Got 7 among the middleware of /; expected functions.'],
  ])('refuse what is no %s', (_title, check, message) => {
    expect(check).toThrow(TypeError)
    expect(check).toThrow(message)
  })
})

describe('checkPrefix', () => {
  test.each(['', '/a', '/:a', '{/:a}/b'])('lets %j pass', (prefix) => {
    expect(() => checkPrefix(parsePattern(prefix), prefix)).not.toThrow()
  })

  test.each(['/a/', '/', '/a{/}', '/*a', '/*a/b'])('refuses %j', (prefix) => {
    expect(() => checkPrefix(parsePattern(prefix), prefix)).toThrow(TypeError)
  })

  test('lets a group have a wildcard, and no slash at the end', () => {
    expect(() => checkPrefixEnd(parsePattern('/*a'), '/*a')).not.toThrow()
    expect(() => checkPrefixEnd(parsePattern('/*a/'), '/*a/')).toThrow('a path that does not end in')
  })
})
