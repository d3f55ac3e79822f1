import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run, workspace } from '../packed/pack.ts'
import { blocksOf, findSnippets } from './snippets.ts'

test('every block of TypeScript in the documents and docstrings compiles as it stands', async () => {
  const snippets = await findSnippets()
  expect(snippets.length).toBeGreaterThan(30)
  // In this folder, as the packages are found from here.
  const folder = await mkdtemp(join(workspace, 'e2e/snippets/.compiled-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const names = new Map<string, string>()
  for (const [index, { place, code }] of snippets.entries()) {
    const name = `snippet-${index}.ts`
    names.set(name, place)
    // A block without imports is a module all the same.
    await writeFile(join(folder, name), `${code}export {}\n`)
  }
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.test.json',
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ['*.ts'],
      exclude: [],
      references: [],
    }),
  )
  const output = await run(
    process.execPath,
    [join(workspace, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
    workspace,
  )
    .then(() => '')
    .catch((error: Error) => error.message)
  const complaints = output
    .split('\n')
    .map((line) => /(snippet-\d+\.ts)(\(.*)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, name, rest]) => `${names.get(name as string)} ${rest}`)
  expect(complaints).toEqual([])
})

test('a block is found with its place, also in a list', () => {
  const text = 'Text\n```ts\nconst a = 1\n```\n- item\n  ```ts\n  const b = 2\n  ```\n```sh\nls\n```\n'
  expect(blocksOf(text.split('\n'), 'a.md')).toEqual([
    { place: 'a.md:3', code: 'const a = 1\n' },
    { place: 'a.md:7', code: '  const b = 2\n' },
  ])
})
