import { byPath, generated } from './support/applications.js'
import { get, inParallel, open } from './support/client.js'

export const title = 'a client that stops reading for good is cut off at the limit'
export const options = { stallTimeout: 1_000 }

export function application(state) {
  return byPath({
    '/large': (_environ, startResponse) => {
      startResponse('200 OK', [])
      return generated(state, 104_857_600)
    },
  })
}

export async function run({ target, short, check }) {
  const count = short ? 20 : 200
  const before = await target.ask('sample')
  const sockets = await inParallel(count, 50, async () => {
    const socket = await open(target)
    socket.pause()
    socket.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    return socket
  })
  const { answer, took } = await target.until('state', ({ closed }) => closed === count, 10_000)
  check(
    `bodies closed within 10 s, of ${count}`,
    answer.closed === count,
    `${answer.closed} after ${took.toFixed(0)} ms`,
  )
  check(`generators returned once, of ${count}`, answer.returned === count, answer.returned)
  const files = await target.until('sample', ({ files }) => files <= before.files + 2, 5_000)
  check(
    'file handles back to the start',
    files.answer.files <= before.files + 2,
    `${files.answer.files} of ${before.files}`,
  )
  for (const socket of sockets) socket.destroy()
  await get(target)
}
