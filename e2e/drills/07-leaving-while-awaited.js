import { byPath, plain } from './support/applications.js'
import { inParallel, open } from './support/client.js'

export const title = 'a client that leaves while the application awaits fires the signal'

export function application(state) {
  return byPath({
    '/wait': async (environ, startResponse) => {
      const { signal } = environ['stapel.context']
      state.waiting = (state.waiting ?? 0) + 1
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 10_000)
        signal.addEventListener('abort', () => {
          state.fired = (state.fired ?? 0) + 1
          clearTimeout(timer)
          resolve()
        })
      })
      return plain(startResponse, 'late')
    },
  })
}

export async function run({ target, short, check }) {
  const count = short ? 50 : 500
  const sockets = await inParallel(count, 50, async () => {
    const socket = await open(target)
    socket.write('GET /wait HTTP/1.1\r\nHost: a\r\n\r\n')
    return socket
  })
  await target.until('state', ({ waiting }) => waiting === count, 5_000)
  for (const socket of sockets) socket.destroy()
  const { answer, took } = await target.until('state', ({ fired }) => fired === count, 5_000)
  check(`signals fired, of ${count}`, answer.fired === count, `${answer.fired} after ${took.toFixed(0)} ms`)
  check('lines in the error log', answer.log === 0, answer.log)
}
