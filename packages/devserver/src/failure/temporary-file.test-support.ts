import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Writes a file to a directory of its own, gone at the end of the test; gives its path. */
export function temporaryFile(name: string, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, name)
  writeFileSync(file, text)
  return file
}
