import { createServer, type Server } from 'node:net'
import { type ListenOptions, listen, systemdSockets, urlOf } from '@stapel/core/node'
import { describeFailure } from '../failure/describe-failure.ts'
import type { Failure } from '../failure/failure.ts'
import { listenMessage } from '../reload/listen-error.ts'
import { callHooks } from '../serve/hooks.ts'
import { createServeReporter, type ServeReporter } from '../serve/serve-reporter.ts'
import { Workers } from '../serve/workers.ts'
import { paletteFor } from '../terminal/terminal.ts'
import { CommandError } from './command-error.ts'
import type { Invocation } from './commands.ts'
import { readTarget } from './load-settings.ts'
import { DEFAULT_PORT } from './options.ts'
import { output } from './output.ts'
import type { Settings } from './settings.ts'
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
  const { settings, file } = invocation
  const tls = readTlsFiles(settings)
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
        settingsFile: file?.path,
      },
    },
    reporter,
  )
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    // A client that has gone before it was handed over.
    socket.on('error', () => {})
    workers.give(socket)
  })
  await listenOn(server, settings)
  const stop = (): Promise<void> => {
    server.close()
    return workers.stop()
  }
  const stopped = stopOnSignals(stop, workers, reporter, settings.timeout)
  const failure = await boot(workers, file?.hooks)
  if (stopped.begun) return await stopped.done
  if (failure !== undefined) {
    reporter.bootFailed(failure)
    workers.kill()
    await stop()
    return BOOT_FAILED
  }
  reporter.listening(load.text, urlOf(server, tls === undefined ? 'http' : 'https'), settings.workers)
  return await stopped.done
}

/** Starts the workers, and listens for the signal to start them anew; gives what went wrong. */
async function boot(workers: Workers, hooks: Hooks | undefined): Promise<Failure | undefined> {
  try {
    await callHooks(hooks === undefined ? [] : [hooks], 'onBoot', undefined)
  } catch (error) {
    return describeFailure(error)
  }
  const started = workers.start()
  // Without a listener the signal would end the process.
  process.on('SIGHUP', () => void started.then(() => workers.reload()))
  return (await started).failure
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

async function listenOn(server: Server, { host, port = DEFAULT_PORT, socket }: Settings): Promise<void> {
  const [fd, ...more] = systemdSockets()
  if (more.length > 0) throw new CommandError(`Got ${more.length + 1} sockets from systemd; expected one.`, 1)
  const address: ListenOptions = { fd, path: socket, host, port }
  try {
    await listen(server, address)
  } catch (cause) {
    throw new CommandError(listenMessage(cause as NodeJS.ErrnoException, { host, port, path: socket }), 1, {
      cause,
    })
  }
}
