import { byPath, generated } from './support/applications.js'
import { get, inParallel, open, percentile } from './support/client.js'
import { mebibytes } from './support/run-drill.js'
import { pause } from './support/target.js'

export const title = 'a body is pulled only as fast as its client reads'

export function application(state) {
  return byPath({
    '/large': (_environ, startResponse) => {
      startResponse('200 OK', [])
      return generated(state, 52_428_800)
    },
  })
}

export async function run({ target, short, check, clock }) {
  const count = short ? 50 : 500
  await get(target)
  const before = await target.ask('sample')
  const sockets = await inParallel(count, 50, async () => {
    // A small receive buffer is not to be had from Node, so a client that does not read leaves what the kernel takes.
    const socket = await open(target)
    socket.pause()
    socket.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    return socket
  })
  // Until the buffers of the kernel are full, which takes some megabytes for each.
  let first = await target.ask('state')
  for (let i = 0; i < 60; i++) {
    await pause(500)
    const next = await target.ask('state')
    if (next.pulled === first.pulled) break
    first = next
  }
  await pause(1_000)
  const second = await target.ask('state')
  check(
    'pulled after the buffers were full',
    second.pulled === first.pulled,
    `${second.pulled - first.pulled} bytes`,
  )
  const times = (await inParallel(100, 2, () => get(target))).map(({ milliseconds }) => milliseconds)
  clock('99th percentile of others', percentile(times, 0.99), 100)
  const during = await target.ask('sample')
  check(
    'bytes held by the process for each, at most 128 KiB',
    (during.arrayBuffers - before.arrayBuffers) / count < 131_072,
    mebibytes((during.arrayBuffers - before.arrayBuffers) / count),
  )
  for (const socket of sockets) socket.destroy()
  const { answer } = await target.until('state', ({ closed }) => closed === count, 10_000)
  check(`bodies closed, of ${count}`, answer.closed === count, answer.closed)
  check(`generators returned, of ${count}`, answer.returned === count, answer.returned)
}
