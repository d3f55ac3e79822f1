import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('./drills/', import.meta.url))
const drills = (await readdir(folder)).filter((name) => /^\d\d-.*\.js$/.test(name)).sort()

// The short forms; the full ones, whose figures stand in docs/reliability.md, are run by hand.
test.each(drills)('drill %s holds', async (name) => {
  const { code, output } = await runShort(name.slice(0, -'.js'.length))
  expect(output).not.toContain('FAIL')
  expect(output).toContain('Everything held.')
  expect(code).toBe(0)
})

function runShort(name: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [`${folder}run.js`, name, '--short'],
      { timeout: 50_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })
}
