import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { workspace } from '../packed/pack.ts'

/** A block of TypeScript in a document or a docstring. */
export interface Snippet {
  /** `packages/core/README.md:41` */
  readonly place: string
  readonly code: string
}

/** Every block marked `ts` in the READMEs, in `docs/` and in the docstrings of the packages. */
export async function findSnippets(): Promise<Snippet[]> {
  const snippets: Snippet[] = []
  for (const file of await findFiles(workspace)) {
    const text = await readFile(file, 'utf8')
    const lines = file.endsWith('.ts') ? text.split('\n').map(undecorated) : text.split('\n')
    snippets.push(...blocksOf(lines, relative(workspace, file)))
  }
  return snippets
}

/** The blocks of one document; what is indented under a list loses the indentation. */
export function blocksOf(lines: readonly string[], file: string): Snippet[] {
  const snippets: Snippet[] = []
  let start = -1
  lines.forEach((line, index) => {
    if (start === -1) {
      if (/^\s*```ts\s*$/.test(line)) start = index
      return
    }
    if (!/^\s*```\s*$/.test(line)) return
    snippets.push({ place: `${file}:${start + 2}`, code: `${lines.slice(start + 1, index).join('\n')}\n` })
    start = -1
  })
  return snippets
}

/** A line of a docstring without its asterisk. */
function undecorated(line: string): string {
  return line.replace(/^\s*\* ?/, '')
}

async function findFiles(folder: string): Promise<string[]> {
  const files: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!/^(node_modules|dist|\..*)$/.test(entry.name)) files.push(...(await findFiles(path)))
    } else if (/\.md$/.test(entry.name) || /packages\/[a-z]+\/src\/.*(?<!\.test|\.test-d)\.ts$/.test(path)) {
      files.push(path)
    }
  }
  return files
}
