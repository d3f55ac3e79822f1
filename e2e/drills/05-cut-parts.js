import { Request, Response } from '@stapel/wrappers'
import { inParallel, open } from './support/client.js'

export const title = 'forms that are read part by part and cut off anywhere end the reading'

export function application(state) {
  return Request.application(async (request) => {
    if (request.method === 'GET') return new Response('ok')
    state.begun = (state.begun ?? 0) + 1
    try {
      for await (const part of request.parts()) for await (const _bytes of part);
    } catch (error) {
      state.rejected = (state.rejected ?? 0) + 1
      state[error.name] = (state[error.name] ?? 0) + 1
      throw error
    }
    return new Response('read')
  })
}

export async function run({ target, short, check }) {
  const count = short ? 60 : 1_000
  const before = await target.ask('sample')
  const head =
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n'
  const body = `${head}${'x'.repeat(1_000_000)}\r\n--b--\r\n`
  // At the start, in a boundary, in the headers of a part, in the file, in the last boundary.
  const cuts = [0, 1, 48, 90, head.length + 1_000, 500_000, 990_000, body.length - 3]
  await inParallel(count, 20, async (index) => {
    const socket = await open(target)
    socket.write(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    await new Promise((resolve) => socket.write(body.slice(0, cuts[index % cuts.length]), resolve))
    if (index % 2 === 0) socket.destroy()
    else socket.resetAndDestroy()
  })
  const { answer, took } = await target.until(
    'state',
    ({ begun = 0, rejected = 0 }) => begun > 0 && begun === rejected,
    10_000,
  )
  check(
    'iterations that rejected, of those begun',
    answer.begun === answer.rejected,
    `${answer.rejected} of ${answer.begun} after ${took.toFixed(0)} ms`,
  )
  check(
    'each of them with ClientDisconnected',
    answer.ClientDisconnected === answer.rejected,
    answer.ClientDisconnected,
  )
  const after = await target.until('sample', ({ files }) => files <= before.files + 2, 5_000)
  check(
    'file handles back to the start',
    after.answer.files <= before.files + 2,
    `${after.answer.files} of ${before.files}`,
  )
}
