import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { applications } from './applications.js'
import { commands } from './commands.js'

/** The longest wait for an answer, in milliseconds. */
const LIMIT = 20_000

/** What is to be done for the servers that run when this process ends. */
const cleanups = new Set()
process.on('exit', () => {
  for (const cleanup of cleanups) cleanup()
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/** Starts a command over an application, and waits for its first answer. */
export async function start(command, application) {
  const { kind, line } = commands[command]
  const { folder, main, text, save, env, remove } = applications[application](kind)
  save(0)
  const port = String(await freePort())
  const [program, ...args] = line(main, port)
  const begun = performance.now()
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'development', PORT: port, ...env },
    stdio: 'ignore',
    detached: true,
  })
  const ended = once(child, 'exit')
  const cleanup = () => {
    // Some leave their application behind when only they are told to end.
    end(child.pid, 'SIGKILL')
    remove()
    cleanups.delete(cleanup)
  }
  cleanups.add(cleanup)
  const stop = async () => {
    end(child.pid, 'SIGTERM')
    await Promise.race([ended, pause(3_000)])
    cleanup()
  }
  try {
    while (!(await ask(port))?.includes(text(0))) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}.`)
      if (performance.now() - begun > LIMIT) throw new Error(`${command} does not serve ${application}.`)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    command,
    milliseconds: performance.now() - begun,
    /** Saves a version, and asks until it is served. */
    async save(version) {
      const saved = performance.now()
      save(version)
      let polls = 0
      let refused = 0
      for (;;) {
        const answer = await ask(port)
        polls++
        if (answer === undefined) refused++
        else if (answer.includes(text(version)))
          return { milliseconds: performance.now() - saved, polls, refused }
        if (performance.now() - saved > LIMIT) throw new Error(`${command} does not serve what was saved.`)
      }
    },
    stop,
  }
}

export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** The text of an answer over a new connection; `undefined` where there was none. */
function ask(port) {
  return new Promise((resolve) => {
    const done = (text) => setTimeout(resolve, 2, text)
    get({ host: '127.0.0.1', port, agent: false, timeout: LIMIT }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => done(text))
      answer.on('error', () => done(undefined))
    })
      .on('timeout', function () {
        this.destroy()
      })
      .on('error', () => done(undefined))
  })
}

/** Signals a process and those that it started. */
function end(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch {}
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
