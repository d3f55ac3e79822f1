import { once } from 'node:events'
import { get, inParallel, open, received, until } from './support/client.js'
import { Project, poll } from './support/dev-command.js'

export const title = 'the development server stops while requests, idle connections and a stream are open'

export function application() {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return 'ok'
  }
}

const app = (milliseconds) => `let begun = 0
export async function* app(environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  if (environ.PATH_INFO === '/begun') yield String(begun)
  else if (environ.PATH_INFO === '/stream') for (;;) {
    yield 'again'
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  else {
    begun++
    await new Promise((resolve) => setTimeout(resolve, ${milliseconds}))
    yield 'slow'
  }
}
`

export async function run({ short, check }) {
  const count = 50
  const project = new Project({ 'app.js': app(2_000) })
  try {
    const server = await project.start()
    const idle = await inParallel(count, 10, async () => {
      const socket = await open(server)
      socket.write('GET /begun HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await until(socket, /\r\n\r\n/)
      return socket
    })
    const stream = await open(server)
    stream.write('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(stream, /again/)
    const slow = Array.from({ length: count }, async () => {
      const socket = await open(server)
      socket.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n')
      return received(socket, 20_000)
    })
    await poll(
      async () => Number((await get(server, '/begun')).body),
      (begun) => begun === count,
    )
    const start = performance.now()
    server.kill()
    await Promise.all(idle.map((socket) => socket.destroyed || once(socket, 'close')))
    const refused = await open(server).then(
      () => false,
      (error) => error.code === 'ECONNREFUSED',
    )
    const answers = await Promise.all(slow)
    const { code, at } = await server.ended
    check('new connections are refused', refused, refused)
    const whole = answers.filter((text) =>
      /^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n[\s\S]*slow/i.test(text),
    )
    check(
      'slow requests answered with Connection: close',
      whole.length === count,
      `${whole.length} of ${count}`,
    )
    check(
      'the stream was cut at the grace of 5 s',
      stream.destroyed && at - start < 8_000,
      `${Math.round(at - start)} ms`,
    )
    check('exit code', code === 0, code)

    const quiet = await project.start()
    const sockets = await inParallel(count, 10, () => open(quiet))
    const quietStart = performance.now()
    quiet.kill()
    const quietEnd = await quiet.ended
    const idleTook = quietEnd.at - quietStart
    // A machine that runs the whole test suite is slow in everything.
    check(
      'an idle server ends',
      quietEnd.code === 0 && idleTook < (short ? 5_000 : 1_000),
      `${Math.round(idleTook)} ms`,
    )
    for (const socket of sockets) socket.destroy()

    const twice = await project.start()
    const waiting = get(twice, '/slow').catch((error) => error.code)
    await poll(
      async () => Number((await get(twice, '/begun')).body),
      (begun) => begun === 1,
    )
    twice.kill()
    await twice.printed(/Waiting for requests in flight/)
    const secondStart = performance.now()
    twice.kill()
    const secondEnd = await twice.ended
    await waiting
    const took = secondEnd.at - secondStart
    check(
      'a second signal ends it',
      secondEnd.code === 143 && took < (short ? 2_000 : 200),
      `${Math.round(took)} ms`,
    )
  } finally {
    project.remove()
  }
}
