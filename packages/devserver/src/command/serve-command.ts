import { createServer } from 'node:net'
import { describeFailure } from '../failure/describe-failure.ts'
import type { Failure } from '../failure/failure.ts'
import { readKeyPair } from '../https/key-pair.ts'
import { callHooks } from '../serve/hooks.ts'
import { createServeReporter, type ServeReporter } from '../serve/serve-reporter.ts'
import { Workers } from '../serve/workers.ts'
import { escapeControls, paletteFor } from '../terminal/terminal.ts'
import type { Invocation } from './commands.ts'
import { readTarget } from './load-settings.ts'
import { output } from './output.ts'
import { listenOn } from './serve-address.ts'
import { misspelled } from './settings.ts'
import type { Hooks } from './settings-file.ts'
import { readTlsFiles } from './tls-files.ts'

/** The exit code when the application cannot be started. */
const BOOT_FAILED = 3

/**
 * `stapel serve <module>`: keeps workers running until it is told to stop.
 *
 * This process owns the port and accepts every connection, and hands it to a worker before anything is read of it: while workers come and go, clients
 * wait and are not refused.
 */
export async function runServe(invocation: Invocation): Promise<number> {
  const load = readTarget(invocation, 'Name the application to serve, as in: stapel serve app.ts:app', {
    development: false,
  })
  for (const [given, meant] of misspelled(process.env))
    output.err(`stapel: There is no variable ${escapeControls(given)}; is it ${meant}?`)
  const { settings, file } = invocation
  const tls = readTlsFiles(settings)
  // The workers read them again; what is wrong is said here, before anything is started.
  if (tls !== undefined) await readKeyPair(tls)
  const reporter = createServeReporter(output, paletteFor(process.stderr, process.env))
  const workers = new Workers(
    {
      count: settings.workers,
      timeout: settings.timeout * 1000,
      idleTimeout: Math.min(settings.keepAlive, settings.timeout) * 1000,
      worker: {
        workers: settings.workers,
        load,
        tls,
        keepAliveTimeout: settings.keepAlive * 1000,
        maxRequests: settings.maxRequests,
        accessLog: settings.accessLog,
        healthz: settings.healthz,
        settingsFile: hasWorkerHooks(file?.hooks) ? file?.path : undefined,
      },
    },
    reporter,
  )
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    // A client that has gone before it was handed over.
    socket.on('error', () => {})
    workers.give(socket)
  })
  const stop = (): Promise<void> => {
    server.close()
    return workers.stop()
  }
  const stopped = stopOnSignals(stop, workers, reporter, settings.timeout)
  const address = await listenOn(server, settings, tls === undefined ? 'http' : 'https')
  if (stopped.begun) return stopped.done
  const booting = boot(workers, file?.hooks)
  process.on('SIGHUP', () => void booting.then(() => workers.reload()))
  const failure = await booting
  if (stopped.begun) return await stopped.done
  if (failure !== undefined) {
    reporter.bootFailed(failure)
    workers.kill()
    await stop()
    return BOOT_FAILED
  }
  reporter.listening(load.text, address, settings.workers)
  return await stopped.done
}

/** Without them no worker needs the settings file, which may be one that is no module. */
function hasWorkerHooks({ onWorker, onExit }: Hooks = {}): boolean {
  return onWorker !== undefined || onExit !== undefined
}

/** Starts the workers; gives what went wrong. */
async function boot(workers: Workers, hooks: Hooks | undefined): Promise<Failure | undefined> {
  try {
    await callHooks(hooks === undefined ? [] : [hooks], 'onBoot', undefined)
  } catch (error) {
    return describeFailure(error)
  }
  return (await workers.start()).failure
}

/** Stops the workers on SIGTERM and SIGINT, at once on a second one; `done` settles to the exit code. */
function stopOnSignals(
  stop: () => Promise<void>,
  workers: Workers,
  reporter: ServeReporter,
  seconds: number,
): { readonly begun: boolean; readonly done: Promise<number> } {
  let begun = false
  const done = new Promise<number>((resolvePromise) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      if (begun) {
        workers.kill()
        process.exit(signal === 'SIGINT' ? 130 : 143)
      }
      begun = true
      reporter.stopping(signal, seconds)
      void stop().then(() => resolvePromise(0))
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
  return {
    get begun() {
      return begun
    },
    done,
  }
}
