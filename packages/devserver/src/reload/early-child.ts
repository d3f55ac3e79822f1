import type { ChildProcess } from 'node:child_process'
import { forkChild } from './fork-child.ts'

let early: ChildProcess | undefined

/**
 * Starts the application's process before the command line is read, where it looks like one that needs it: the process takes longer to begin than
 * all that the command does until then. `args` are those after the name of the command.
 */
export function startEarly(args: readonly string[]): void {
  if (!args.some((arg) => needless.has(arg))) early = forkChild()
}

/** The process that was started early; it is handed out once. */
export function takeEarly(): ChildProcess | undefined {
  const taken = early
  early = undefined
  return taken
}

/** Ends what was started early and not taken. The end of the command does it, too. */
export function endEarly(): void {
  takeEarly()?.disconnect()
}

// A file of an application with such a name is served all the same; its process starts later.
const needless = new Set([
  'serve',
  'routes',
  'call',
  'check',
  '--no-reload',
  '--help',
  '-h',
  '--version',
  '-v',
])
