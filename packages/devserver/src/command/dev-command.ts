import type { DevServer, DevServerOptions } from '../reload/dev-server.ts'
import { endEarly, takeEarly } from '../reload/early-child.ts'
import { forkChild } from '../reload/fork-child.ts'
import { hasKeys } from '../terminal/keys.ts'
import type { Reporter } from '../terminal/reporter.ts'
import { escapeControls, paletteFor } from '../terminal/terminal.ts'
import { CommandError } from './command-error.ts'
import type { Invocation } from './commands.ts'
import { directoryNotice, readTarget } from './load-settings.ts'
import { output } from './output.ts'
import { checkSocket } from './serve-address.ts'
import { readTlsFiles } from './tls-files.ts'

/** `stapel <module>`: serves until it is told to stop. */
export async function runDev(invocation: Invocation): Promise<number> {
  const load = readTarget(invocation, 'Name the application to serve, as in: stapel app.ts:app')
  const notice = directoryNotice(load)
  if (notice !== undefined) output.err(`stapel: ${escapeControls(notice)}`)
  const { settings } = invocation
  const { host, port, socket, allowHost, reload, trace, showSecrets } = settings
  if (settings.open && socket !== undefined)
    throw new CommandError('Got --open with --socket; a browser opens no unix socket.', 2)
  if (socket !== undefined) checkSocket(socket)
  if (settings.live && !reload)
    throw new CommandError('Got --live with --no-reload; pages reload when the application does.', 2)
  const files = readTlsFiles(settings)
  const child = reload ? (takeEarly() ?? forkChild()) : undefined
  endEarly()
  // While the process starts.
  const [{ createReporter }, { startDevServer }] = await Promise.all([
    import('../terminal/reporter.ts'),
    import('../reload/dev-server.ts'),
  ])
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
  const stopped = whenStopped()
  const tls =
    files === undefined && !settings.https
      ? undefined
      : await (await import('../https/key-pair.ts')).readKeyPair(files, (path) =>
          events.say(certificateNotice(path)),
        )
  const options: DevServerOptions = {
    load,
    host,
    port,
    socket,
    tls,
    allowHost,
    // Its files are what pages are made of; without --live nobody has to be told of a change.
    watch: settings.live && load.directory !== undefined ? [load.file, ...settings.watch] : settings.watch,
    ignore: settings.ignore,
    live: settings.live,
    process: child,
    events,
  }
  const starting = reload
    ? startDevServer(options)
    : import('../reload/direct.ts').then(({ serveDirectly }) => serveDirectly(options))
  // Told below; until then nobody waits for it.
  starting.catch(() => {})
  const endKeys = keys
    ? (await import('../terminal/dev-keys.ts')).listenForDevKeys(starting, events)
    : undefined
  const server = await starting
  if (settings.open) void openBrowser(server.url, events)
  const code = await stopped(server)
  endKeys?.()
  events.flush()
  return code
}

function certificateNotice(path: string | undefined): string {
  return path === undefined
    ? 'A certificate for localhost was made, and cannot be kept: browsers warn of another one at each start'
    : `A certificate for localhost was made; browsers warn until they trust it: ${escapeControls(path)}`
}

async function openBrowser(url: string, { say }: Reporter): Promise<void> {
  const { openUrl } = await import('../terminal/open-url.ts')
  if (!(await openUrl(url))) say(`No browser could be opened; the address is ${url}`)
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
