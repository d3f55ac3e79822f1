/**
 * A worker of `stapel serve`: loads the application and answers the connections that the parent hands to it, until the parent says so, or is gone.
 *
 * @module
 */
import type { Socket } from 'node:net'
import { type RunningServer, serve } from '@stapel/core/node'
import { CommandError } from '../command/command-error.ts'
import type { Hooks } from '../command/settings-file.ts'
import { describeFailure } from '../failure/describe-failure.ts'
import { plainFailure } from '../failure/failure.ts'
import { searchLocation } from '../failure/locate-failure.ts'
import { readKeyPair } from '../https/key-pair.ts'
import { loadApplication, TargetError } from '../load/load-application.ts'
import { escapeControls } from '../terminal/terminal.ts'
import { callHooks, hooksOfModule } from './hooks.ts'
import type { ToParent, ToWorker, WorkerSettings } from './messages.ts'
import { servedApplication, type WorkerState } from './serving.ts'

/** So long an application with listeners of its own for SIGTERM may take to end after its last answer, in milliseconds. */
const SIGTERM_TIMEOUT_MS = 2_000

process.setSourceMapsEnabled(true)
const state: WorkerState = { draining: false, onWorn: () => tell({ stapel: 'worn' }) }
let settings: WorkerSettings | undefined
let running: RunningServer | undefined
let hooks: readonly Hooks[] = []
let ending: Promise<void> | undefined

process.on('message', (message: ToWorker, socket?: Socket) => {
  if (message?.stapel === 'connection') take(message.id, socket)
  else if (message?.stapel === 'start') void start(message.settings)
  else if (message?.stapel === 'drain') drain(message)
})
// A terminal, or a supervisor, signals every process of the group; the parent decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

// Without the parent nobody can reach this process.
process.on('disconnect', () => process.exit(0))

async function start(given: WorkerSettings): Promise<void> {
  settings = given
  const { load } = given
  try {
    const tls = given.tls === undefined ? undefined : await readKeyPair(given.tls)
    const app = await loadApplication(load)
    hooks = await readHooks(given)
    await callHooks(hooks, 'onWorker', { worker: given.worker })
    running = await serve(servedApplication(app, given, state), {
      listen: false,
      keepAliveTimeout: given.keepAliveTimeout,
      ...(tls === undefined ? {} : { http2: true, tls: { ...tls } }),
    })
  } catch (error) {
    fail(error)
    return
  }
  // Asked to end before it was ready.
  if (ending === undefined) tell({ stapel: 'ready' })
}

/** The hooks of the settings file go before those of the application. */
async function readHooks({ worker, load, settingsFile }: WorkerSettings): Promise<Hooks[]> {
  // The others would say the same.
  const notice = (sentence: string): void => {
    if (worker === 1) process.stderr.write(`stapel: ${escapeControls(sentence)}\n`)
  }
  return [
    ...(settingsFile === undefined ? [] : [await hooksOfModule(settingsFile, () => {})]),
    ...(load.directory === undefined ? [await hooksOfModule(load.file, notice)] : []),
  ]
}

/** Whom the parent hands a connection to, owns it from the moment when it says so. */
function take(id: number, socket: Socket | undefined): void {
  tell({ stapel: 'taken', id })
  // The client may have gone on the way.
  if (socket === undefined || running === undefined) return
  // As for the connections that a server of Node accepts itself: one that a client has half closed gets its answer.
  socket.allowHalfOpen = true
  running.server.emit('connection', socket)
}

function drain({ timeout, idleTimeout }: { readonly timeout: number; readonly idleTimeout: number }): void {
  state.draining = true
  if (running === undefined) process.exit(0)
  const closed = running.close({ timeout, idleTimeout })
  ending ??= closed.then(end)
}

/** After the last answer. */
async function end(): Promise<void> {
  try {
    await callHooks([...hooks].reverse(), 'onExit', { worker: (settings as WorkerSettings).worker })
  } catch (error) {
    console.error(error)
    process.exitCode = 1
  }
  // An application that cleans up when it is asked to end does so now, and ends the process when it is done.
  if (process.listenerCount('SIGTERM') > 1) {
    setTimeout(() => process.exit(), SIGTERM_TIMEOUT_MS)
    process.emit('SIGTERM', 'SIGTERM')
  } else process.exit()
}

function fail(error: unknown): void {
  const failure =
    error instanceof TargetError || error instanceof CommandError
      ? plainFailure('target', error.message)
      : describeFailure(error, { search: () => searchLocation(error, [settings?.load.file ?? '']) })
  tell({ stapel: 'failed', failure }, () => process.exit(1))
}

function tell(message: ToParent, sent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => sent?.())
  else sent?.()
}
