import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workspace } from '../packed/pack.ts'
import { toChecks } from './results.ts'
import { findSnippets } from './snippets.ts'

const blocks = (await findSnippets()).flatMap(({ place, code }) => {
  const checks = toChecks(code)
  return checks === undefined ? [] : [{ place, checks }]
})

describe('what documents say that an expression gives, it gives', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(workspace, 'e2e/snippets/.compiled-'))
  })

  afterAll(() => rm(folder, { recursive: true }))

  test.each(blocks)('$place', async ({ place, checks }) => {
    const file = join(folder, `${place.replaceAll(/\W+/g, '-')}.ts`)
    await writeFile(file, checks)
    await import(file)
  })
})

test('results are found where they are promised', () => {
  expect(
    toChecks("const a = 1 // not this\na + 1 // → 2\nfail('x') // → throws no x\nconsole.log(a)\n// 1\n"),
  ).toBe(
    [
      "import { expect } from 'vitest'",
      'const a = 1 // not this',
      'expect(await (a + 1)).toEqual(2)',
      `expect(() => (fail('x'))).toThrow("no x")`,
      'expect(String(a)).toBe("1")',
      '',
    ].join('\n'),
  )
  expect(toChecks('const a = 1\n')).toBeUndefined()
})
