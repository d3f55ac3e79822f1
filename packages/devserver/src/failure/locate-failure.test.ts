import { expect, onTestFinished, test } from 'vitest'
import { createProject } from '../stapel-command.test-support.ts'
import { searchLocation } from './locate-failure.ts'

function project(files: Record<string, string>): ReturnType<typeof createProject> {
  const created = createProject(files)
  onTestFinished(() => created[Symbol.asyncDispose]())
  return created
}

test('a syntax error is found in the loaded file that has it', () => {
  const { path } = project({
    'good.js': 'export const a = 1\n',
    'bad.js': 'const a = 1\nexport const b = = 2\n',
  })
  const found = searchLocation(new SyntaxError('Unexpected token'), [
    path('good.js'),
    path('bad.js'),
    path('app.ts'),
  ])
  expect(found).toEqual({ file: path('bad.js'), line: 2, column: 18 })
})

test('an import that finds nothing is found in the file that imports it', () => {
  const { path } = project({ 'app.js': "import a from './a.js'\nimport b from './none.js'\n" })
  const error = new Error(`Cannot find module '${path('none.js')}' imported from ${path('app.js')}`)
  expect(searchLocation(error, [])).toEqual({ file: path('app.js'), line: 2, column: 15 })
})

test('an import of a directory is found in the file that imports it', () => {
  const { path } = project({ 'app.js': "import a from './parts'\n" })
  const error = new Error(
    `Directory import '${path('parts')}' is not supported resolving ES modules imported from ${path('app.js')}`,
  )
  expect(searchLocation(error, [])).toEqual({ file: path('app.js'), line: 1, column: 15 })
})

test('an import of JSON that does not say so is found in the loaded file that has it', () => {
  const { path } = project({
    'app.ts': "import b from './b.ts'\n",
    'b.ts': "// data.json\nimport data from './data.json'\n",
  })
  const error = new TypeError(`Module "file://${path('data.json')}" needs an import attribute of type "json"`)
  expect(searchLocation(error, [path('app.ts'), path('b.ts')])).toEqual({
    file: path('b.ts'),
    line: 2,
    column: 18,
  })
  expect(searchLocation(error, [path('app.ts')])).toBeUndefined()
})

test('a require that finds nothing is found by its stack of requires', () => {
  const { path } = project({ 'app.cjs': "\nrequire('./none')\n" })
  const error = Object.assign(new Error("Cannot find module './none'\nRequire stack:\n- app.cjs"), {
    requireStack: [path('app.cjs')],
  })
  expect(searchLocation(error, [])).toEqual({ file: path('app.cjs'), line: 2, column: 9 })
})

test('other errors, and files that are gone, are found nowhere', () => {
  expect(searchLocation(new TypeError('no'), [])).toBeUndefined()
  expect(searchLocation('text', [])).toBeUndefined()
  expect(searchLocation(new SyntaxError('no'), ['/none/gone.js'])).toBeUndefined()
  expect(searchLocation(new Error("Cannot find module 'x' imported from /none/gone.js"), [])).toBeUndefined()
})
