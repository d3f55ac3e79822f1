import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A drill's server in a process of its own, and the questions one can ask it. */
export class Target {
  #child
  #asked = 0

  static async start(file, short) {
    const child = fork(
      fileURLToPath(new URL('./server.js', import.meta.url)),
      [file, short ? 'short' : 'full'],
      {
        execArgv: ['--expose-gc'],
      },
    )
    const [{ port }] = await once(child, 'message')
    return new Target(child, port)
  }

  constructor(child, port) {
    this.#child = child
    this.port = port
    this.pid = child.pid
    this.url = `http://127.0.0.1:${port}`
  }

  /** `state`, `failures`, `sample`, `delay`, `transferred`, `close`: see the server. */
  ask(question, options) {
    const id = ++this.#asked
    return new Promise((resolve, reject) => {
      const gone = () => reject(new Error(`The server ended while it was asked for ${question}.`))
      const onMessage = (message) => {
        if (message.id !== id) return
        this.#child.off('message', onMessage)
        this.#child.off('exit', gone)
        resolve(message.answer)
      }
      this.#child.on('message', onMessage)
      this.#child.once('exit', gone)
      this.#child.send({ id, question, options })
    })
  }

  /** Asks until `done` holds for the answer, at most `milliseconds` long; gives the last answer and how long it took. */
  async until(question, done, milliseconds) {
    const start = performance.now()
    for (;;) {
      const answer = await this.ask(question)
      const took = performance.now() - start
      if (done(answer) || took > milliseconds) return { answer, took }
      await pause(20)
    }
  }

  get alive() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async stop() {
    if (!this.alive) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}

/** Waits. Drills measure time, so that they may. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
