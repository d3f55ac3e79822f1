/**
 * The process that a drill tries to break: serves the drill's application, and answers its parent's questions about memory, files and
 * failures.
 */
import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { serve } from '@stapel/core/node'

const [file, short] = process.argv.slice(2)
const drill = await import(file)
/** What the application counts, for the drill to ask. */
const state = { log: 0 }
const failures = { unhandledRejection: 0, uncaughtException: 0, warning: 0 }
const details = []
for (const event of Object.keys(failures)) {
  process.on(event, (reason) => {
    failures[event]++
    if (details.length < 5) details.push(`${event}: ${reason?.stack ?? reason}`)
  })
}
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

const errors = { write: () => void state.log++, flush() {} }
const app = await drill.application(state, { short: short === 'short' })
const running = await serve(app, { port: 0, errors, ...drill.options })
/** The connections that are open, and the most bytes that were read from one that is closed. */
const connections = new Set()
let mostRead = 0
running.server.on('connection', (socket) => {
  connections.add(socket)
  socket.once('close', () => {
    connections.delete(socket)
    mostRead = Math.max(mostRead, socket.bytesRead)
  })
})
process.send({ port: running.port })

const questions = {
  /**
   * The most bytes that were read from one connection, and that the kernel took from the process for one that is open. A client does not see either:
   * the kernel's buffers are between, some megabytes, and as large as the machine is set to have them.
   */
  transferred() {
    const open = [...connections]
    return {
      read: Math.max(mostRead, ...open.map(({ bytesRead }) => bytesRead)),
      written: Math.max(0, ...open.map(({ bytesWritten, writableLength }) => bytesWritten - writableLength)),
    }
  },
  state: () => ({ ...state }),
  failures: () => ({ ...failures, details }),
  sample() {
    globalThis.gc()
    globalThis.gc()
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
    const resources = process.getActiveResourcesInfo()
    return {
      rss,
      heapUsed,
      arrayBuffers,
      files: readdirSync('/proc/self/fd').length,
      sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
      timers: resources.filter((name) => name === 'Timeout').length,
    }
  },
  /** The event loop's delay since the last question, in milliseconds. */
  delay() {
    const answer = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }
    delay.reset()
    return answer
  },
  async close({ timeout }) {
    await running.close({ timeout })
    return {}
  },
}
process.on('message', async ({ id, question, options }) => {
  process.send({ id, answer: await questions[question](options) })
})
process.on('disconnect', () => process.exit())
