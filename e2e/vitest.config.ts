import { defineConfig } from 'vitest/config'

// They measure how soon something happens, or build what others run: nothing runs beside them.
const alone = ['e2e/drills.test.ts', 'e2e/reload.test.ts', 'e2e/start.test.ts']
// What runs on other versions of Node and other runtimes, and waits most.
const hosts = ['e2e/hosts*.test.ts', 'e2e/ending.test.ts', 'e2e/guestbook.test.ts', 'e2e/nodes.test.ts']

const nodes = 'e2e/support/look-for-nodes.ts'

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // A browser, or a process that starts, on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
    // Projects begin in the order of their names, those of one file at a time last.
    projects: [
      {
        extends: true,
        test: {
          name: 'hosts',
          include: hosts,
          globalSetup: [nodes, 'e2e/hosts/install-hosts.ts'],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'others',
          include: ['e2e/*.test.ts', 'e2e/{browser,frameworks,nginx}/*.test.ts'],
          exclude: [...alone, ...hosts],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, globalSetup: nodes, fileParallelism: false },
      },
    ],
  },
})
