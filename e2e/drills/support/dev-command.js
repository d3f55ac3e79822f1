import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const command = join(
  dirname(createRequire(import.meta.url).resolve('@stapel/devserver/package.json')),
  'bin/stapel.js',
)

/** A folder with these files, and the `stapel` command in it. */
export class Project {
  folder = mkdtempSync(join(tmpdir(), 'stapel-drill-'))
  #running = new Set()

  constructor(files) {
    for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files }))
      this.save(name, text)
  }

  save(name, text) {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true })
    writeFileSync(join(this.folder, name), text)
  }

  /** As many editors do. */
  saveByRename(name, text) {
    this.save(`${name}~`, text)
    renameSync(join(this.folder, `${name}~`), join(this.folder, name))
  }

  /** Ends what a drill that failed has left, too. */
  remove() {
    for (const child of this.#running) child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** Runs the command to its end: `{ code, output, milliseconds }`. */
  async run(args) {
    const start = performance.now()
    const running = this.#spawn(args)
    const { code } = await running.ended
    return { code, output: running.output(), milliseconds: performance.now() - start }
  }

  /** Starts the command, and waits until it listens. */
  async start(args = ['app.js', '--port', '0']) {
    const running = this.#spawn(args)
    const [, url] = await running.printed(/ at (http:\S+)\/ /)
    return { ...running, url, port: Number(new URL(url).port) }
  }

  #spawn(args) {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.add(child)
    let output = ''
    const waiting = new Set()
    const notify = () => {
      for (const look of waiting) look()
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        notify()
      })
    }
    const ended = once(child, 'close').then(([code, signal]) => {
      this.#running.delete(child)
      notify()
      return { code, signal, at: performance.now() }
    })
    const printed = (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(output)
          if (found === null && child.exitCode === null && child.signalCode === null) return
          waiting.delete(look)
          if (found === null) reject(new Error(`It ended without ${pattern}:\n${output}`))
          else resolve(found)
        }
        waiting.add(look)
        look()
      })
    const kill = (signal = 'SIGTERM') => void child.kill(signal)
    return {
      pid: child.pid,
      output: () => output,
      printed,
      ended,
      kill,
      stop: async () => {
        kill()
        return ended
      },
    }
  }
}

/** A module whose application answers `text`. */
export function answers(text) {
  return `export function app(environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return ${JSON.stringify(text)}
}
`
}

/** How many times something was printed. */
export function count(output, pattern) {
  return output.match(pattern)?.length ?? 0
}

/** Asks again and again until an answer is the wanted one, at most so long. */
export async function poll(ask, wanted, milliseconds = 20_000) {
  const start = performance.now()
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return { answer, milliseconds: performance.now() - start }
    if (performance.now() - start > milliseconds)
      throw new Error(`It did not come within ${milliseconds} ms; the last was ${JSON.stringify(answer)}`)
  }
}

/** Whether the process runs; one that has ended and that nobody has waited for does not. */
export function runs(pid) {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** The processes that a process has started. */
export function childrenOf(pid) {
  const found = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'latin1')) ?? []
      if (Number(parent) === pid && runs(Number(name))) found.push(Number(name))
    } catch {}
  }
  return found
}

/** Its open files, its memory in bytes and the milliseconds it has had of the processor. */
export function takes(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').pop().split(' ')
  return {
    files: readdirSync(`/proc/${pid}/fd`).length,
    memory: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024,
    // Ticks of 10 ms, of the user's part and the system's.
    processor: (Number(stat[11]) + Number(stat[12])) * 10,
  }
}
