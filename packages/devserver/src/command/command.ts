import { readFileSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { type DevServer, type DevServerOptions, startDevServer } from '../reload/dev-server.ts'
import { serveDirectly } from '../reload/direct.ts'
import type { LoadSettings } from '../reload/messages.ts'
import { createReporter, type Output } from '../terminal/reporter.ts'
import { escapeControls, paletteFor } from '../terminal/terminal.ts'
import { type Command, parseCommand, usage } from './arguments.ts'
import { CommandError } from './command-error.ts'
import type { Target } from './target.ts'

/**
 * Runs the command; resolves to its exit code when it is at its end. `args` are those after the name of the command.
 *
 * Never rejects for what the user did: that is one line on standard error and a code of 1 or 2.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  ignoreBrokenPipes()
  try {
    const command = parseCommand(args, process.env)
    if (command.action === 'serve') return await serveUntilStopped(command)
    if (command.action === 'routes') {
      // Imported here alone, so that serving does not wait for it.
      const { describeRoutes } = await import('./routes.ts')
      await print(await describeRoutes(resolveTarget(command.target), command.json))
      return 0
    }
    process.stdout.write(command.action === 'help' ? usage : `${version()}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    output.err(`stapel: ${escapeControls(error.message)}`)
    return error.exitCode
  }
}

/** The settings of a target; throws a {@link CommandError} when there is no such file. */
export function resolveTarget(target: Target): LoadSettings {
  const file = resolve(target.file)
  let found: 'file' | 'directory' | undefined
  try {
    found = statSync(file).isDirectory() ? 'directory' : 'file'
  } catch {
    const guess = ['.ts', '.js', '.mjs', '.mts'].find((extension) => isFile(file + extension))
    const hint = guess === undefined ? '' : `; is it ${target.file}${guess}?`
    throw new CommandError(`There is no file ${target.file} in ${process.cwd()}${hint}`, 1)
  }
  if (found === 'directory')
    throw new CommandError(`${target.file} is a directory; expected a module, as in app.ts.`, 1)
  return { file, text: target.text, exportName: target.exportName, call: target.call, tsx: needsTsx(file) }
}

const output: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
}

/** Resolves when the text is written, since the process ends right after. */
function print(text: string): Promise<void> {
  return new Promise((resolvePromise) => {
    process.stdout.write(`${text}\n`, () => resolvePromise())
  })
}

type ServeCommand = Extract<Command, { action: 'serve' }>

async function serveUntilStopped(command: ServeCommand): Promise<number> {
  const events = createReporter({
    output,
    palette: paletteFor(process.stdout, process.env),
    target: command.target.text,
    reload: command.reload,
    exposed: !/^(?:localhost|127\..*|::1)$/.test(command.host),
  })
  const options: DevServerOptions = {
    load: resolveTarget(command.target),
    host: command.host,
    port: command.port,
    events,
  }
  const stopped = whenStopped()
  const server = await (command.reload ? startDevServer(options) : serveDirectly(options))
  return await stopped(server)
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

/** Whether Node leaves the file to tsx: TypeScript before Node 22.18, JSX on every Node. */
function needsTsx(file: string): boolean {
  const extension = extname(file)
  if (extension === '.tsx' || extension === '.jsx') return true
  const { typescript } = process.features as { typescript?: unknown }
  return /^\.[cm]?ts$/.test(extension) && !typescript
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** `stapel app.ts | head` ends the reader first, which is no reason to stop serving. */
function ignoreBrokenPipes(): void {
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
}
