import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Request, Response } from '@stapel/wrappers'
import { inParallel, open } from './support/client.js'

export const title = 'uploads that the client cuts off anywhere leave nothing behind'

/** The server has a temporary folder of its own, so that what is left in it is seen. */
export function application(state) {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-drill-'))
  process.env.TMPDIR = folder
  const form = Request.application(async (request) => {
    if (request.method === 'GET') return new Response('ok')
    const start = performance.now()
    state.begun = (state.begun ?? 0) + 1
    try {
      await request.formData()
    } catch (error) {
      state.rejected = (state.rejected ?? 0) + 1
      state[error.name] = (state[error.name] ?? 0) + 1
      throw error
    } finally {
      state.longest = Math.max(state.longest ?? 0, performance.now() - start)
    }
    return new Response('read')
  })
  return (environ, startResponse) => {
    state.temporary = readdirSync(folder).length
    return form(environ, startResponse)
  }
}

export async function run({ target, short, check }) {
  const count = short ? 60 : 1_000
  const before = await target.ask('sample')
  const file = 'x'.repeat(1_000_000)
  const head =
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
  const body = `${head}${file}\r\n--b--\r\n`
  // At the start, in a boundary, in the headers of a part, in the file, in the last boundary.
  const cuts = [
    0,
    1,
    48,
    90,
    head.length + 1_000,
    Math.floor(body.length / 2),
    Math.floor(body.length * 0.99),
    body.length - 3,
  ]
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
    'forms that rejected, of those begun',
    answer.begun === answer.rejected,
    `${answer.rejected} of ${answer.begun} after ${took.toFixed(0)} ms`,
  )
  check(
    'each of them with ClientDisconnected',
    answer.ClientDisconnected === answer.rejected,
    answer.ClientDisconnected,
  )
  const open2 = await target.until('sample', ({ files }) => files <= before.files + 2, 5_000)
  check(
    'file handles back to the start',
    open2.answer.files <= before.files + 2,
    `${open2.answer.files} of ${before.files}`,
  )
  await (await fetch(`${target.url}/`)).text()
  const { temporary } = await target.ask('state')
  check('temporary files left', temporary === 0, temporary)
}
