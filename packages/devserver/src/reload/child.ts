/**
 * The application's process: loads the application, serves it on a unix socket, and tells the parent what it loaded and what went wrong.
 *
 * It is started before it is needed, and imports what an application is served with before it is told to load one, and before it tracks what is
 * loaded: on Node versions whose hooks run in a thread of their own, core took 0.3 s with them and 0.1 s without. So core is not watched.
 *
 * @module
 */
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Application } from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { type Failure, plainFailure } from '../failure/failure.ts'
import { HAPPENED_LOADING, happenedUncaught } from '../failure/happened.ts'
import { inDevelopment } from '../load/in-development.ts'
import { loadApplication, prepareTypeScript, TargetError } from '../load/load-application.ts'
import { trackLoadedFiles } from '../load/loaded-files.ts'
import { MISSING } from './file-signature.ts'
import type { ChildSettings, ToChild, ToParent } from './messages.ts'
import { restorePeer } from './peer.ts'

// From here on, and not by a flag: reading the maps of all modules of this package and of core would take a fifth of the start.
process.setSourceMapsEnabled(true)
// Messages wait until somebody listens; the end of the parent does not.
if (!process.connected) process.exit(0)

/** So long the clients of WebSockets may take to close, in milliseconds. */
const CLOSE_TIMEOUT = 500
const loaded = new Set<string>()
const ownModules = new Set<string>()
const flushFiles = trackLoadedFiles(
  (files) => {
    for (const file of files) if (file.signature !== MISSING) loaded.add(file.path)
    tell({ stapel: 'files', files })
  },
  (url) => ownModules.add(url),
)
let ended = false
let stopping = false
let loadedApp: Application | undefined
let running: RunningServer | undefined
let directory: string | undefined

process.on('message', (message: ToChild) => {
  // A failure shows when the application is loaded.
  if (message?.stapel === 'prepare') void prepare(message.tsx, message.modules).catch(() => {})
  else if (message?.stapel === 'load') void start(message.settings)
  else if (message?.stapel === 'outline') void outline()
  else if (message?.stapel === 'stop') stop()
})
// Without the parent nobody can reach this process, and nobody else removes the directory of its sockets.
process.on('disconnect', () => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  process.exit(0)
})
// Ctrl+C reaches every process of the terminal; the parent decides when this one ends.
process.on('SIGINT', () => {})
process.on('uncaughtException', (error, origin) => {
  // An application with a listener of its own goes on, as it would without the dev server.
  if (process.listenerCount('uncaughtException') === 1) fail(error, happenedUncaught(origin))
})
process.on('exit', (code) => {
  flushFiles()
  if (!ended && !stopping) tell({ stapel: 'exit', code, stack: String(new Error().stack) })
})

async function prepare(tsx: boolean, modules: readonly string[]): Promise<void> {
  if (tsx) await prepareTypeScript()
  for (const url of modules) await import(url)
}

async function start(settings: ChildSettings): Promise<void> {
  if (process.platform !== 'win32') directory = dirname(settings.socketPath)
  try {
    const app = await loadApplication(settings, {
      again: false,
      envFiles: (files) => tell({ stapel: 'files', files }),
    })
    loadedApp = app
    const shown = await withLiveReload(inDevelopment(app, threw), settings.live)
    running = await serve(restorePeer(shown, settings.peerHeader), {
      path: settings.socketPath,
      maxHeaderSize: settings.maxHeaderSize,
      // The parent keeps the time of its clients, and its idle connections must not close while it sends a request on one of them.
      headersTimeout: 0,
      requestTimeout: 0,
      keepAliveTimeout: 0,
    })
    flushFiles()
    tell({ stapel: 'ready', modules: [...ownModules] })
  } catch (error) {
    fail(error, HAPPENED_LOADING)
  }
}

async function withLiveReload(app: Application, version: string | undefined): Promise<Application> {
  return version === undefined ? app : (await import('../live/live-reload.ts')).liveReload(app, version)
}

function threw(failure: Failure): void {
  tell({ stapel: 'threw', failure })
}

async function outline(): Promise<void> {
  const { outline } = await import('@stapel/core')
  if (loadedApp !== undefined) tell({ stapel: 'outline', text: String(outline(loadedApp)) })
}

function stop(): void {
  stopping = true
  // An application that cleans up when it is asked to end does so here, too, on every system.
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM')
  // No request is in flight; WebSockets are told that this end goes away.
  else if (running !== undefined) void running.close({ timeout: CLOSE_TIMEOUT }).then(() => process.exit(0))
  else process.exit(0)
}

function fail(error: unknown, happened: string): void {
  if (ended) return
  ended = true
  flushFiles()
  void describe(error, happened)
    .catch((failure) => plainFailure('error', `${String(error)}\n${String(failure)}`))
    .then((failure) => tell({ stapel: 'failed', failure }, () => process.exit(1)))
}

/** What that is done with is imported now: it would take a good part of the time that a start takes. */
async function describe(error: unknown, happened: string): Promise<Failure> {
  if (error instanceof TargetError) return plainFailure('target', error.message)
  const [{ describeFailure }, { searchLocation }] = await Promise.all([
    import('../failure/describe-failure.ts'),
    import('../failure/locate-failure.ts'),
  ])
  return describeFailure(error, { search: () => searchLocation(error, loaded), happened })
}

function tell(message: ToParent, sent?: () => void): void {
  if (process.send === undefined || !process.connected) {
    sent?.()
    return
  }
  process.send(message, undefined, undefined, () => sent?.())
}
