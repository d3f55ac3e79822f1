import { plain } from './support/applications.js'
import { inParallel, open } from './support/client.js'
import { mebibytes } from './support/run-drill.js'

export const title =
  'an upload over the limit is answered 413, which a client that sends without pause can read'

export function application() {
  return async (environ, startResponse) => {
    if (environ.REQUEST_METHOD === 'GET') return plain(startResponse)
    await environ['stapel.context'].read({ limit: 1_048_576 })
    return plain(startResponse, 'read')
  }
}

export async function run({ target, short, check }) {
  const total = short ? 9 : 100
  const before = await target.ask('sample')
  const kinds = [
    { head: `Content-Length: ${1_073_741_824}\r\n`, chunked: false },
    { head: 'Transfer-Encoding: chunked\r\n', chunked: true },
    { head: `Content-Length: ${1_073_741_824}\r\nExpect: 100-continue\r\n`, chunked: false },
  ]
  const answers = await inParallel(total, 3, (index) => upload(target, kinds[index % kinds.length]))
  const refused = answers.filter((text) => /^HTTP\/1\.1 413 /.test(text)).length
  const invited = answers.filter((text) => /^HTTP\/1\.1 100 /.test(text)).length
  check(
    `413 read by the client, of ${total}, at most 1 in 100 missing`,
    refused >= total - Math.floor(total / 100),
    refused,
  )
  check('clients invited by 100 Continue', invited === 0, invited)
  const { read } = await target.ask('transferred')
  check(
    'read of an upload until it was cut, at most 16 MiB over the limit and two turns of 2 MiB: 21 MiB',
    read <= 22_020_096,
    mebibytes(read),
  )
  const after = await target.ask('sample')
  check(
    'resident memory over the start, at most 64 MiB',
    after.rss - before.rss < 67_108_864,
    mebibytes(after.rss - before.rss),
  )
}

/** Sends as fast as it can until the server closes, and does not look at the answer before. */
async function upload(target, { head, chunked }) {
  const socket = await open(target)
  const piece = chunked ? Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`) : Buffer.alloc(65_536, 'x')
  let text = ''
  let sent = 0
  let over = false
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  const closed = new Promise((resolve) => {
    socket.on('end', resolve)
    socket.on('close', resolve)
  }).then(() => {
    over = true
  })
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n`)
  const waits = head.includes('Expect')
  while (!over && sent < 268_435_456) {
    if (waits && text === '') {
      // A client that asked first waits a second at most before it sends.
      await Promise.race([closed, new Promise((resolve) => socket.once('data', resolve))])
      continue
    }
    if (waits && text.startsWith('HTTP/1.1 4')) break
    sent += piece.length
    if (!socket.write(piece))
      await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
    // What the kernel takes at once is drained without a turn of the event loop, in which an answer is read.
    await new Promise(setImmediate)
  }
  if (!waits) await closed
  socket.destroy()
  return text
}
