import { expect, test } from 'vitest'
import { editorLink } from './editor.ts'

const place = { file: '/site/my app.ts', line: 3, column: 5 }

test.for([
  [{ STAPEL_EDITOR: 'code' }, 'vscode://file/site/my%20app.ts:3:5'],
  [{ EDITOR: '/usr/bin/code --wait' }, 'vscode://file/site/my%20app.ts:3:5'],
  [{ VISUAL: 'zed', EDITOR: 'vim' }, 'zed://file/site/my%20app.ts:3:5'],
  [{ TERM_PROGRAM: 'vscode', EDITOR: 'vim' }, 'vscode://file/site/my%20app.ts:3:5'],
  [{ STAPEL_EDITOR: 'webstorm' }, 'webstorm://open?file=/site/my%20app.ts&line=3&column=5'],
  [{ STAPEL_EDITOR: 'my://{file}#{line}' }, 'my:///site/my%20app.ts#3'],
] as const)('%j opens %s', ([env, address]) => {
  expect(editorLink(env)(place)).toBe(address)
})

test.for([{}, { EDITOR: '' }, { EDITOR: 'vim' }, { EDITOR: 'constructor' }] as const)(
  '%j has no link',
  (env) => {
    expect(editorLink(env)(place)).toBeUndefined()
  },
)

test('the first column is meant where none is known, and what Node brings is not opened', () => {
  const link = editorLink({ EDITOR: 'code' })
  expect(link({ file: '/a.ts', line: 3 })).toBe('vscode://file/a.ts:3:1')
  expect(link({ file: 'node:fs', line: 3 })).toBeUndefined()
})

// robustness.md D2
test.for([
  'javascript:alert("{file}")',
  'data:text/html,{file}',
  'https://evil.example/{file}',
  '{file}',
  'JavaScript:{file}',
])('an address that the browser itself opens or runs is none: %s', (template) => {
  expect(editorLink({ STAPEL_EDITOR: template })(place)).toBeUndefined()
})

test('a path stays one part of the address', () => {
  expect(editorLink({ EDITOR: 'code' })({ file: '/a?b#c"d<e.ts', line: 1 })).toBe(
    'vscode://file/a%3Fb%23c%22d%3Ce.ts:1:1',
  )
  expect(editorLink({ EDITOR: 'code' })({ file: 'C:\\site\\a.ts', line: 1 })).toBe(
    'vscode://file/C:/site/a.ts:1:1',
  )
})
