import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../package-root.ts'

/**
 * Starts a process for an application, which waits to be told which. On its own, so that the command does it before it loads anything else: the process
 * needs longer than the rest of the command, and both are made at the same time.
 */
export function forkChild(): ChildProcess {
  return fork(childPath, [], {
    execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

const childPath = fileURLToPath(new URL('dist/child.js', packageRoot))
