import { plain } from './support/applications.js'
import { inParallel, open, received } from './support/client.js'
import { mebibytes } from './support/run-drill.js'

export const title = 'a hundred thousand short connections, half of them reset, leave nothing in memory'

export function application() {
  return (_environ, startResponse) => plain(startResponse)
}

export async function run({ target, short, check }) {
  let wrong = 0
  const send = (total) =>
    inParallel(total, 50, async (index) => {
      const socket = await open(target)
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      if (index % 2 === 0) socket.resetAndDestroy()
      else if (!(await received(socket)).endsWith('\r\n\r\nok')) wrong++
    })
  const first = short ? 1_000 : 20_000
  const rest = short ? 3_000 : 80_000
  await send(first)
  const before = await target.ask('sample')
  await send(rest)
  const { answer: after } = await target.until('sample', ({ files }) => files <= before.files, 5_000)
  const grown = after.heapUsed - before.heapUsed
  check('answers that were wrong', wrong === 0, wrong)
  check(
    `heap after ${first + rest} against ${first} connections, at most 2 MiB more`,
    grown < 2_097_152,
    mebibytes(grown),
  )
  check('file handles', after.files <= before.files, `${after.files} of ${before.files}`)
}
