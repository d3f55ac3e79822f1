import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { LOADING_NOTICE_MS } from '../load/until-loaded.ts'
import { packageRoot } from '../package-root.ts'
import type { ToGuard } from './guarded.ts'
import { output } from './output.ts'

/** So long an application may take to be loaded by a command that asks it something, in milliseconds. */
export const LOAD_TIMEOUT_MS = 60_000

export interface GuardOptions {
  /** The application as it was named, for messages. */
  readonly target: string
  /** Gets what the command tells of its work. */
  readonly heard?: (message: Exclude<ToGuard, { readonly stapel: 'within' }>) => void
  /** Called when the application was loaded and the command took longer than it said, and was ended; gives the exit code. */
  readonly late: () => number
  /** Called when it has ended by itself: `how` is as in `'ended with exit code 0'`. @default tells of an end by a signal */
  readonly ended?: (how: string) => void
  /** Starts the process of the command. @default a process of Node with the same arguments */
  readonly start?: (args: readonly string[]) => ChildProcess
}

/**
 * Runs a command once more in a process of its own, and ends that where it takes longer than it said: an application that is loaded into it may block it for
 * ever, with a loop that never ends, and then nothing in that process can say so. Resolves to the exit code. `args` are those after the name of the command.
 */
export function guardCommand(
  args: readonly string[],
  { target, heard = () => {}, late, ended = tellSignal, start = startGuarded }: GuardOptions,
): Promise<number> {
  const child = start(args)
  const removeListeners = endWithThis(child)
  return new Promise((resolve) => {
    let loaded = false
    let timer: NodeJS.Timeout | undefined
    const settle = (code: number): void => {
      clearTimeout(timer)
      removeListeners()
      resolve(code)
    }
    const expire = (): void => {
      child.removeAllListeners('close')
      child.kill('SIGKILL')
      if (!loaded)
        output.err(
          `stapel: ${target} is not loaded after ${LOAD_TIMEOUT_MS / 1000} s: its modules are in a loop, or await what does not come.`,
        )
      settle(loaded ? late() : 1)
    }
    timer = setTimeout(() => {
      output.err(
        `stapel: ${target} is still being loaded after ${LOADING_NOTICE_MS / 1000} s; what does it do at its top level?`,
      )
      timer = setTimeout(expire, LOAD_TIMEOUT_MS - LOADING_NOTICE_MS)
    }, LOADING_NOTICE_MS)
    child.on('message', (message: ToGuard) => {
      if (message?.stapel === 'within') {
        loaded = true
        clearTimeout(timer)
        timer = setTimeout(expire, message.ms)
      } else if (message?.stapel !== undefined) heard(message)
    })
    child.on('error', (error) => {
      output.err(`stapel: No process could be started: ${error.message}`)
      settle(1)
    })
    // 'exit' may come before the last message.
    child.on('close', (code, signal) => {
      ended(endOf(code, signal))
      settle(code ?? 1)
    })
  })
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
}

function tellSignal(how: string): void {
  if (how.startsWith('was')) output.err(`stapel: The process of the application ${how}.`)
}

/** Whoever ends this process ends that one. */
function endWithThis(child: ChildProcess): () => void {
  const end = (): void => void child.kill('SIGKILL')
  const onSignal = (_signal: NodeJS.Signals, number: number): void => process.exit(128 + number)
  process.on('exit', end)
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    process.off('exit', end)
    for (const signal of signals) process.off(signal, onSignal)
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function startGuarded(args: readonly string[]): ChildProcess {
  return fork(guardedPath, args, {
    execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
}

const guardedPath = fileURLToPath(new URL('dist/guarded-process.js', packageRoot))
