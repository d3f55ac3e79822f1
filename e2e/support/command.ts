import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the guestbook. */
export const guestbookFolder: string = fileURLToPath(new URL('../../examples/guestbook', import.meta.url))

/** A command that runs as a process of its own. */
export interface RunningCommand {
  /** What it has printed so far, on both of its outputs. */
  output(): string
  /** Waits until it has printed what the pattern finds; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Ends it as Ctrl+C does, by its process id, and waits for its end; after 10 s it is killed. Gives the exit code. */
  stop(): Promise<number | null>
}

export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether the signal of `stop` goes to the processes that the command itself started, as from a terminal. @default false */
  readonly group?: boolean
}

/** A served application. */
export interface ServedApplication extends RunningCommand {
  /** As it was printed, with a slash at its end. */
  readonly url: string
}

/** Runs `stapel app.ts:app` in a folder on a free port, by `node`, and waits until it says where it listens. */
export async function serveGuestbook(
  options: CommandOptions & { readonly node?: string },
): Promise<ServedApplication> {
  const command = run(options.node ?? process.execPath, [stapel, 'app.ts:app', '--port', '0'], options)
  return listening(command)
}

/** Waits until a command says where it listens. */
export async function listening(command: RunningCommand): Promise<ServedApplication> {
  const [, url] = await command.printed(/ at (http:\/\/\S+)/).catch(async (error) => {
    await command.stop()
    throw error
  })
  return { ...command, url: url as string }
}

/** Starts a command. */
export function run(file: string, args: readonly string[], options: CommandOptions): RunningCommand {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.group ?? false,
  })
  const printed = new Printed(child)
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve)
    child.once('error', () => resolve(null))
  })
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    process.kill(options.group ? -child.pid : child.pid, name)
  }
  return {
    output: () => printed.text,
    printed: (pattern) => printed.find(pattern),
    async stop() {
      signal('SIGINT')
      const cut = setTimeout(signal, 10_000, 'SIGKILL')
      const code = await ended
      clearTimeout(cut)
      return code
    },
  }
}

/** The file of the command. */
export const stapel: string = join(
  dirname(createRequire(join(guestbookFolder, 'app.ts')).resolve('@stapel/devserver/package.json')),
  'bin/stapel.js',
)

/** Collects what a process prints, and tells who waits for it. */
class Printed {
  text = ''
  readonly #listeners = new Set<() => void>()
  #ended = false

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.text += text
        this.#tell()
      })
    }
    const end = (error?: unknown): void => {
      if (error instanceof Error) this.text += `\n${error.message}`
      this.#ended = true
      this.#tell()
    }
    child.once('close', end)
    child.once('error', end)
  }

  find(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.text)
        if (found === null && !this.#ended) return
        this.#listeners.delete(look)
        if (found === null) reject(new Error(`The command ended without printing ${pattern}:\n${this.text}`))
        else resolve(found)
      }
      this.#listeners.add(look)
      look()
    })
  }

  #tell(): void {
    for (const look of [...this.#listeners]) look()
  }
}
