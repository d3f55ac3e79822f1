import { plain } from './support/applications.js'
import { get, inParallel, keepAlive, open, percentile } from './support/client.js'
import { pause } from './support/target.js'

export const title = 'thousands of idle connections are held, others are served beside them'
export const options = { keepAliveTimeout: 20_000 }

export function application() {
  return (_environ, startResponse) => plain(startResponse)
}

export async function run({ target, short, check, clock }) {
  const count = short ? 500 : 10_000
  await get(target)
  const before = await target.ask('sample')
  const sockets = await inParallel(count, 100, () => open(target))
  const held = await target.ask('sample')
  const times = (await inParallel(100, 10, () => get(target))).map(({ status, milliseconds }) => {
    if (status !== 200) throw new Error(`answered ${status}`)
    return milliseconds
  })
  check('requests beside them answered, of 100', times.length === 100, times.length)
  clock('their 99th percentile', percentile(times, 0.99), 250)
  const perSocket = (held.rss - before.rss) / count / 1024
  check('memory of an idle connection, below 25 KiB', short || perSocket < 25, `${perSocket.toFixed(1)} KiB`)
  for (const socket of sockets) socket.destroy()
  const { answer, took } = await target.until('sample', ({ files }) => files <= before.files + 2, 5_000)
  check(
    'file handles back to the start',
    answer.files <= before.files + 2,
    `${answer.files} of ${before.files} after ${took.toFixed(0)} ms`,
  )

  // A connection that was used once is closed at the limit, by the server.
  const agent = keepAlive(1)
  await get(target, '/', { agent })
  agent.destroy()
  await pause(0)
}
