import { type DevServer, type DevServerOptions, startDevServer } from '../reload/dev-server.ts'
import { hasKeys } from '../terminal/keys.ts'
import { createReporter } from '../terminal/reporter.ts'
import { escapeControls, paletteFor } from '../terminal/terminal.ts'
import type { Invocation } from './commands.ts'
import { directoryNotice, readTarget } from './load-settings.ts'
import { DEFAULT_PORT } from './options.ts'
import { output } from './output.ts'

/** `stapel <module>`: serves until it is told to stop. */
export async function runDev(invocation: Invocation): Promise<number> {
  const load = readTarget(invocation, 'Name the application to serve, as in: stapel app.ts:app')
  const notice = directoryNotice(load)
  if (notice !== undefined) output.err(`stapel: ${escapeControls(notice)}`)
  const { host, port = DEFAULT_PORT, allowHost, reload, trace, showSecrets } = invocation.settings
  const keys = hasKeys(process.stdin, process.stdout)
  const events = createReporter({
    output,
    palette: paletteFor(process.stdout, process.env),
    target: load.text,
    host,
    reload,
    keys,
    collapse: process.stdout.isTTY === true,
    trace,
    secrets: showSecrets,
    elapsed: () => performance.now(),
  })
  const options: DevServerOptions = { load, host, port, allowHost, events }
  const stopped = whenStopped()
  const starting = reload
    ? startDevServer(options)
    : import('../reload/direct.ts').then(({ serveDirectly }) => serveDirectly(options))
  // Told below; until then nobody waits for it.
  starting.catch(() => {})
  const endKeys = keys
    ? (await import('../terminal/dev-keys.ts')).listenForDevKeys(starting, events)
    : undefined
  const code = await stopped(await starting)
  endKeys?.()
  events.flush()
  return code
}

/** Waits for SIGINT or SIGTERM and stops the server; a second signal ends it at once. */
function whenStopped(): (server: DevServer) => Promise<number> {
  let signalled: ((code: number) => void) | undefined
  let signals = 0
  let running: DevServer | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    signals++
    if (running === undefined || signals > 1) {
      running?.kill()
      process.exit(signal === 'SIGINT' ? 130 : 143)
    }
    signalled?.(0)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return async (server) => {
    running = server
    await new Promise<number>((resolvePromise) => {
      signalled = resolvePromise
    })
    if (server.active > 0) output.out('Waiting for requests in flight; press Ctrl+C again to stop at once')
    await server.close()
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    return 0
  }
}
