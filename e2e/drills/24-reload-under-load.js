import { Agent } from 'node:http'
import { get } from './support/client.js'
import { answers, childrenOf, count, Project, poll, runs, takes } from './support/dev-command.js'
import { mebibytes } from './support/run-drill.js'

export const title = 'the application is replaced under load: slow requests, 16 clients, many restarts'

export function application() {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return 'ok'
  }
}

const slowApp = (text) => `export async function app(environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['X-Process', String(process.pid)]])
  if (environ.PATH_INFO === '/slow') {
    console.log('begun')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
  return '${text}'
}
`

export async function run({ short, check }) {
  await slowRequests(check)
  await manyRestarts(short ? 8 : 200, check)
}

async function slowRequests(check) {
  const project = new Project({ 'app.js': slowApp('old') })
  try {
    const server = await project.start()
    const slow = Array.from({ length: 20 }, () => get(server, '/slow'))
    await poll(
      async () => {
        await get(server, '/')
        return count(server.output(), /^begun$/gm)
      },
      (begun) => begun === 20,
    )
    const old = Number((await get(server, '/')).headers['x-process'])
    const clients = keepAsking(server, 4)
    project.save('app.js', slowApp('new'))
    const { milliseconds } = await poll(
      async () => String((await get(server, '/')).body),
      (text) => text === 'new',
    )
    const finished = await Promise.all(slow)
    const { exchanges, errors } = await clients.stop()
    const right = finished.filter(({ status, body }) => status === 200 && String(body) === 'old')
    check('slow requests finish on the old code', right.length === 20, `${right.length} of 20`)
    check('requests refused or reset', errors.length === 0, errors[0] ?? `0 of ${exchanges.length}`)
    check('answers after the new code that are old', backwards(exchanges) === 0, backwards(exchanges))
    check('the new code answers soon', milliseconds < 5_000, `${Math.round(milliseconds)} ms`)
    await poll(
      () => new Promise((resolve) => setImmediate(resolve, runs(old))),
      (running) => !running,
    )
    check('the old process has gone', true, `process ${old}`)
    await server.stop()
  } finally {
    project.remove()
  }
}

async function manyRestarts(restarts, check) {
  const project = new Project({ 'app.js': answers('0') })
  try {
    const server = await project.start()
    await get(server, '/')
    const { files } = takes(server.pid)
    const clients = keepAsking(server, 16)
    const agent = new Agent({ keepAlive: true })
    const until = (text) =>
      poll(
        async () => String((await get(server, '/', { agent })).body),
        (body) => body === text,
      )
    const delays = []
    let before
    for (let round = 1; round <= restarts; round++) {
      if (round % 2 === 0) project.save('app.js', answers(String(round)))
      else project.saveByRename('app.js', answers(String(round)))
      delays.push((await until(String(round))).milliseconds)
      if (round === Math.ceil(restarts / 4)) before = takes(server.pid)
      await clients.answered(100)
    }
    const after = takes(server.pid)
    const { exchanges, errors } = await clients.stop()
    agent.destroy()
    check(
      `refused, reset or failed over ${restarts} restarts under 16 clients`,
      errors.length === 0,
      errors[0] ?? `0 of ${exchanges.length}`,
    )
    check('answers older than one seen before', backwards(exchanges) === 0, backwards(exchanges))
    const grown = after.memory - before.memory
    check(
      'memory of the parent is flat',
      grown < 32 * 1_048_576,
      `${mebibytes(after.memory)}, ${mebibytes(grown)} more`,
    )
    // Each client's last connection to the application's process is kept for the next request.
    const { answer: left } = await poll(
      () => new Promise((resolve) => setImmediate(resolve, takes(server.pid).files)),
      (now) => now <= files + 16 + 10,
    )
    check('its open files, too', true, `${left}, before ${files}`)
    await poll(
      () => new Promise((resolve) => setImmediate(resolve, childrenOf(server.pid).length)),
      (children) => children <= 2,
    )
    check('its processes: one that answers, one that waits', true, childrenOf(server.pid).length)
    delays.sort((a, b) => a - b)
    check('from save to new answer, median', true, `${Math.round(delays[delays.length >> 1])} ms`)
    await server.stop()
  } finally {
    project.remove()
  }
}

/** Clients that ask again as soon as they have an answer, each over one connection. */
function keepAsking(server, clients) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const exchanges = []
  const errors = []
  let stopped = false
  const running = Array.from({ length: clients }, async () => {
    while (!stopped) {
      const startedAt = performance.now()
      try {
        const { status, body } = await get(server, '/', { agent })
        exchanges.push({ startedAt, endedAt: performance.now(), text: String(body) })
        if (status !== 200) errors.push(`${status} ${String(body).slice(0, 80)}`)
      } catch (error) {
        errors.push(error.code ?? error.message)
      }
    }
  })
  return {
    /** Settles when so many more answers have come. */
    async answered(more) {
      const wanted = exchanges.length + errors.length + more
      while (exchanges.length + errors.length < wanted) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    async stop() {
      stopped = true
      await Promise.all(running)
      agent.destroy()
      return { exchanges, errors }
    },
  }
}

const ranks = new Map([
  ['old', 0],
  ['new', 1],
])

/** Answers that began after a newer one had come to somebody. */
function backwards(exchanges) {
  const rank = (text) => ranks.get(text) ?? Number(text)
  const byEnd = [...exchanges].sort((a, b) => a.endedAt - b.endedAt)
  const byStart = [...exchanges].sort((a, b) => a.startedAt - b.startedAt)
  let newest = -1
  let next = 0
  let wrong = 0
  for (const { startedAt, text } of byStart) {
    while (next < byEnd.length && byEnd[next].endedAt < startedAt)
      newest = Math.max(newest, rank(byEnd[next++].text))
    if (!(rank(text) >= newest)) wrong++
  }
  return wrong
}
