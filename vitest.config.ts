import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/**
 * What a process has once and keeps: modules in place of others, globals, its folder, whether requests are traced. A test that changes more
 * than this, or needs it untouched, begins with the comment.
 */
const keepsItsProcess =
  /\bvi\.(?:mock|doMock|resetModules|stubGlobal)\(|\bprocess\.chdir\(|\btraced\(|^\/\/ Needs a process of its own/m

const shared = ['core', 'wrappers', 'routing', 'middleware', 'testing'].flatMap((name) => {
  const folder = join('packages', name, 'src')
  return (
    readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      // It compiles what it sees and keeps as much of it as it may.
      .filter((file) => !(name === 'core' && file.startsWith('gateway')))
      .map((file) => join(folder, file).replaceAll('\\', '/'))
      .filter((file) => !keepsItsProcess.test(readFileSync(new URL(file, import.meta.url), 'utf8')))
  )
})

export default defineConfig({
  resolve: { conditions: ['@stapel/source'] },
  ssr: { resolve: { conditions: ['@stapel/source'], externalConditions: ['@stapel/source'] } },
  test: {
    testTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: false,
    // On two cores vitest takes one, and the tests of the command mostly wait.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Projects begin in the order of their names: the long files first, and the short ones fill what is left.
    projects: [
      {
        extends: true,
        test: {
          name: 'isolated',
          include: [
            'packages/*/src/**/*.test.ts',
            'examples/*/**/*.test.ts',
            'e2e/packed/**/*.test.ts',
            'e2e/snippets/*.test.ts',
          ],
          exclude: ['**/node_modules/**', ...shared],
          globalSetup: 'packages/devserver/src/build-command.test-support.ts',
        },
      },
      // Files that share a process load and compile what they import once, which takes a third of the time of the processor.
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
    ],
  },
})
