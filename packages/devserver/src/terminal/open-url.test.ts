import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openUrl } from './open-url.ts'

/** A directory that programs are looked for in, gone at the end of the test. */
function programs(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

test.skipIf(process.platform !== 'linux')('the opener of the system gets the address', async () => {
  const directory = programs()
  const opener = join(directory, 'xdg-open')
  writeFileSync(opener, `#!/bin/sh\nprintf '%s' "$1" > '${directory}/opened'\n`)
  chmodSync(opener, 0o755)
  vi.stubEnv('PATH', `${directory}${delimiter}${process.env.PATH}`)
  expect(await openUrl('http://127.0.0.1:8000/?a=1&b=2')).toBe(true)
  await expect
    .poll(() => readFileSync(join(directory, 'opened'), { encoding: 'utf8', flag: 'a+' }))
    .toBe('http://127.0.0.1:8000/?a=1&b=2')
})

test.skipIf(process.platform !== 'linux')('a system without an opener says so', async () => {
  vi.stubEnv('PATH', programs())
  expect(await openUrl('http://127.0.0.1:8000/')).toBe(false)
})
