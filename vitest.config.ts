import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const sharing = ['core', 'wrappers', 'routing', 'middleware', 'testing'].flatMap(findSharing)

export default defineConfig({
  resolve: { conditions: ['@stapel/source'] },
  ssr: { resolve: { conditions: ['@stapel/source'], externalConditions: ['@stapel/source'] } },
  test: {
    testTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: false,
    // Of two cores vitest takes one by itself, and the tests of the command mostly wait.
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
          exclude: ['**/node_modules/**', ...sharing],
          // Some tests run what is published.
          globalSetup: './scripts/bundle.js',
        },
      },
      // Files in one process load and compile what they import once, which takes a third of the time of the processor.
      { extends: true, test: { name: 'shared', include: sharing, isolate: false } },
    ],
  },
})

/** The tests of a package that share processes: all that leave no traces there, and need it untouched by others. */
function findSharing(name: string): string[] {
  const folder = `packages/${name}/src`
  return readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && !isIsolated(file))
}

/**
 * Whether a test puts modules or globals in place of others, changes the folder of its process, has requests traced, which a process goes
 * on with, or says so by a comment. The gateway compiles what it sees, and a process keeps so much of it and no more.
 */
function isIsolated(file: string): boolean {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  const changes = /\bvi\.(?:mock|doMock|resetModules|stubGlobal)\(|\bprocess\.chdir\(|\btraced\(/
  return (
    file.startsWith('packages/core/src/gateway/') ||
    changes.test(text) ||
    text.startsWith('// Needs a process of its own')
  )
}
