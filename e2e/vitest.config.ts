import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['e2e/*.test.ts', 'e2e/frameworks/*.test.ts', 'e2e/nginx/*.test.ts', 'e2e/browser/*.test.ts'],
    // Each test has processes of its own; two at a time would wait for each other.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // A browser, or a process that starts, on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
  },
})
