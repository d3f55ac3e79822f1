/** The real command as a child process, over applications that a test writes to a directory of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageDirectory = fileURLToPath(new URL('..', import.meta.url))
/** The file that Node runs; it runs from `dist`, which is brought up to date before the tests. */
export const stapelCommand: string = join(packageDirectory, 'bin/stapel.js')

/** A directory with an application in it. */
export interface Project extends AsyncDisposable {
  readonly directory: string
  /** Writes a file, in one go. */
  write(name: string, text: string): void
  path(name: string): string
}

/** Makes a directory with files; a `package.json` for ECMAScript modules is there unless given. */
export function createProject(files: Readonly<Record<string, string>>): Project {
  const root = join(packageDirectory, '.tmp')
  mkdirSync(root, { recursive: true })
  const directory = mkdtempSync(join(root, 'project-'))
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  write('package.json', '{"type":"module"}')
  for (const [name, text] of Object.entries(files)) write(name, text)
  return {
    directory,
    write,
    path: (name) => join(directory, name),
    [Symbol.asyncDispose]: async () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** A command that runs. */
export interface Running extends AsyncDisposable {
  readonly pid: number
  /** What it has printed on both streams. */
  output(): string
  /** Resolves when its output matches, which may be at once; rejects when it ends before. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>
  /** The address it prints. */
  url(): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** Resolves to exit code, standard output and standard error. */
  readonly ended: Promise<Ended>
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the command in a directory. */
export function stapel(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [stapelCommand, ...args], {
    cwd: directory,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let whole = ''
  let exited = false
  const listeners = new Set<() => void>()
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    whole += text
    notify()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    whole += text
    notify()
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      exited = true
      notify()
      resolve({ code, stdout, stderr })
    })
  })
  const printed = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = whole.match(pattern)
        if (match === null && !exited) return
        listeners.delete(look)
        if (match === null) reject(new Error(`It ended without printing ${pattern}. It printed:\n${whole}`))
        else resolve(match)
      }
      listeners.add(look)
      look()
    })
  return {
    pid: child.pid as number,
    output: () => whole,
    printed,
    url: async () => (await printed(/ at (https?:\S+)/))[1] as string,
    kill: (signal) => void child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Asks until an answer satisfies, without a pause of its own: the command makes requests wait while it restarts. */
export async function poll(
  url: string,
  satisfies: (text: string, status: number) => boolean,
): Promise<string> {
  for (;;) {
    const response = await fetch(url)
    const text = await response.text()
    if (satisfies(text, response.status)) return text
  }
}

/** The environment without what a test run adds to it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, PORT: _port, VITEST: _vitest, NODE_ENV: _mode, ...rest } = process.env
  return rest
}
