import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { adviceFor } from './advice.ts'
import { adviceForEnd } from './end-advice.ts'
import { temporaryFile } from './temporary-file.test-support.ts'

test.for([
  ['package-lock.json', 'npm install express'],
  ['pnpm-lock.yaml', 'pnpm add express'],
  ['yarn.lock', 'yarn add express'],
  ['bun.lock', 'bun add express'],
] as const)('with %s a package that is missing is installed by %s', ([lock, command]) => {
  const directory = dirname(temporaryFile(lock, ''))
  const error = new Error(`Cannot find package 'express' imported from ${directory}/app.js`)
  expect(adviceFor(error)).toEqual([`Install the package: ${command}`])
})

test('of a file in a package, the package is installed', () => {
  const directory = dirname(temporaryFile('package-lock.json', ''))
  const from = `imported from ${directory}/app.js`
  expect(adviceFor(new Error(`Cannot find package '@scope/name/file.js' ${from}`))).toEqual([
    'Install the package: npm install @scope/name',
  ])
})

test('of a file that is missing, the one that was probably meant is named', () => {
  const file = temporaryFile('routes.ts', '')
  const directory = dirname(file)
  const missing = (name: string): string[] =>
    adviceFor(new Error(`Cannot find module '${directory}/${name}' imported from ${directory}/app.ts`))
  const routes = [
    'There is a file routes.ts in that folder; an import names the whole file, with its extension.',
  ]
  expect(missing('routes')).toEqual(routes)
  expect(missing('routes.js')).toEqual(routes)
  expect(missing('route.ts')).toEqual(routes)
  expect(missing('something.ts')).toEqual([])
})

test('of an export that is missing, those that there are are listed', () => {
  const file = temporaryFile('a.js', 'export const create = 1\nexport const app = 2\n')
  const error = new SyntaxError("The requested module './a.js' does not provide an export named 'crate'")
  error.stack = `file://${dirname(file)}/app.js:1\nimport { crate } from './a.js'\n         ^^^^^\n\nSyntaxError: x`
  expect(adviceFor(error)).toEqual(['Did you mean create?', './a.js exports create, app.'])
})

test('a type that is imported as a value is told to be one', () => {
  const file = temporaryFile('a.ts', 'export interface Shape {}\nexport const app = 1\n')
  const missing = (name: string, importing: string): string[] => {
    const error = new SyntaxError(`The requested module './a.ts' does not provide an export named '${name}'`)
    error.stack = `file://${dirname(file)}/${importing}:1\nimport\n\nSyntaxError: x`
    return adviceFor(error)
  }
  expect(missing('Shape', 'app.ts')).toEqual([
    "Shape is a type, which Node removes where the import says so: import { type Shape } from './a.ts'",
  ])
  // Declared somewhere else.
  expect(missing('Unknown', 'app.ts')).toEqual([
    "If Unknown is a type, the import has to say so: import { type Unknown } from './a.ts'",
    './a.ts exports app.',
  ])
  expect(missing('Unknown', 'app.js')).toEqual(['./a.ts exports app.'])
})

test('an import of a directory names the file that there is', () => {
  const directory = dirname(temporaryFile('index.js', ''))
  const error = new Error(`Directory import '${directory}' is not supported resolving ES modules`)
  expect(adviceFor(error)[0]).toMatch(/^An import names a file, not a directory: '…\/[^/]+\/index\.js'\.$/)
})

test.for(['ERR_IMPORT_ATTRIBUTE_MISSING', 'ERR_IMPORT_ASSERTION_TYPE_MISSING'])(
  'an import of JSON is told to say so (%s)',
  (code) => {
    const message = 'Module "file:///site/data.json" needs an import attribute of type "json"'
    expect(adviceFor(Object.assign(new TypeError(message), { code }))).toEqual([
      "An import of JSON says so: import data from '…/data.json' with { type: 'json' }",
    ])
  },
)

test('a name that a CommonJS module hides is taken from the whole', () => {
  const message = "Named export 'x' not found. The requested module 'lib' is a CommonJS module, which"
  expect(adviceFor(new SyntaxError(message))).toEqual([
    "Import the whole module: import all from 'lib'; const { x } = all",
  ])
})

test.for([
  ['require is not defined in ES module scope, you can use import instead', /ECMAScript module: use import/],
  ['exports is not defined in ES module scope', /ECMAScript module: use export/],
  ['Cannot use import statement outside a module', /CommonJS module/],
  ["Unexpected token 'export'", /CommonJS module/],
  ['Got the function app for a body; expected a string', /stapel 'app\.ts:create\(\)'$/],
  ['create: Got the function app from the fetch handler; expected a Response.', /a factory/i],
  ['e.end is not a function', /Then: --as node$/],
  ['Invalid array length', /memory is full/],
] as const)('%s', ([message, advice]) => {
  expect(adviceFor(new Error(message))[0]).toMatch(advice)
})

test('an application that listens itself is told that it need not', () => {
  const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 3000 })
  expect(adviceFor(error)).toEqual([
    'Port 3000 is in use. An application need not listen itself: the command serves what it exports.',
  ])
})

test('other errors, and what is none, get no advice', () => {
  expect(adviceFor(new TypeError('no'))).toEqual([])
  expect(adviceFor('Cannot find package')).toEqual([])
  expect(adviceFor(null)).toEqual([])
  expect(adviceFor(new Error("Cannot find module '/none/x/y.js' imported from /none/z.js"))).toEqual([])
})

test('the end of a process tells whether it was the memory', () => {
  expect(adviceForEnd(null, 'SIGABRT')[0]).toContain('--max-old-space-size')
  expect(adviceForEnd(134, null)[0]).toContain('--max-old-space-size')
  expect(adviceForEnd(null, 'SIGKILL')[0]).toContain('no memory left')
  expect(adviceForEnd(1, null)).toEqual([])
})
