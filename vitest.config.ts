import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@stapel/source'] },
  ssr: { resolve: { conditions: ['@stapel/source'], externalConditions: ['@stapel/source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'examples/*/**/*.test.ts',
      'e2e/packed/**/*.test.ts',
      'e2e/snippets/*.test.ts',
    ],
    testTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
})
