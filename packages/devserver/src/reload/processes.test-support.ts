/** Processes of an application that a test plays the part of: what they are told is noted, what they tell is up to the test. */

import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { ToChild, ToParent } from './messages.ts'

/** A process that runs nothing. */
export class PlayedProcess extends EventEmitter {
  readonly pid: number
  readonly told: ToChild['stapel'][] = []
  /** The modules that it was told to load ahead. */
  modules: readonly string[] = []
  connected = true
  exitCode: number | null = null
  signalCode: NodeJS.Signals | null = null

  constructor(pid: number) {
    super()
    this.pid = pid
  }

  send(message: ToChild): void {
    this.told.push(message.stapel)
    if (message.stapel === 'prepare') this.modules = message.modules
  }

  /** It tells the parent something. */
  tell(message: ToParent): void {
    this.emit('message', message)
  }

  /** It ends, as with `process.exit(code)`. */
  end(code: number | null = 0, signal: NodeJS.Signals | null = null): void {
    this.connected = false
    this.exitCode = code
    this.signalCode = signal
    this.emit('close', code, signal)
  }

  kill(signal: NodeJS.Signals): boolean {
    this.end(null, signal)
    return true
  }
}

/** Starts processes that run nothing, and keeps them in their order. */
export function playProcesses(): { readonly played: readonly PlayedProcess[]; fork(): ChildProcess } {
  const played: PlayedProcess[] = []
  return {
    played,
    fork: () => {
      const process = new PlayedProcess(played.length + 1)
      played.push(process)
      return process as unknown as ChildProcess
    },
  }
}
