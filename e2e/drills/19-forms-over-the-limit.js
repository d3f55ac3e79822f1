import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Request, Response } from '@stapel/wrappers'
import { inParallel, open } from './support/client.js'
import { mebibytes } from './support/run-drill.js'

export const title =
  'a form with a file over the limit is answered 413, which a client that sends without pause can read'

/** `/form` reads by formData, `/parts` by parts; a file may have 1 MiB, of which more than 500 kB go to the disk. */
export function application(state) {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-drill-'))
  process.env.TMPDIR = folder
  const limits = { file: 1_048_576 }
  return Request.application(async (request) => {
    if (request.method === 'GET') {
      state.temporary = readdirSync(folder).length
      return new Response('ok')
    }
    if (request.path === '/form') await request.formData(limits)
    else for await (const part of request.parts(limits)) for await (const _bytes of part);
    return new Response('read')
  })
}

export async function run({ target, short, check }) {
  const total = short ? 12 : 102
  const before = await target.ask('sample')
  const lengths = [
    `Content-Length: ${1_073_741_824}\r\n`,
    'Transfer-Encoding: chunked\r\n',
    `Content-Length: ${1_073_741_824}\r\nExpect: 100-continue\r\n`,
  ]
  const answers = await inParallel(total, 3, (index) =>
    upload(target, index % 2 === 0 ? '/form' : '/parts', lengths[index % lengths.length]),
  )
  const refused = answers.filter((text) => /^HTTP\/1\.1 413 /.test(text)).length
  check(
    `413 read by the client, of ${total}, at most 1 in 100 missing`,
    refused >= total - Math.floor(total / 100),
    refused,
  )
  const invited = answers.filter((text) => text.startsWith('HTTP/1.1 100 ')).length
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
  check(
    'file handles back to the start',
    after.files <= before.files + 2,
    `${after.files} of ${before.files}`,
  )
  await (await fetch(`${target.url}/`)).text()
  const { temporary } = await target.ask('state')
  check('temporary files left', temporary === 0, temporary)
}

/** Sends as fast as it can until the server closes, and does not look at the answer before. */
async function upload(target, path, length) {
  const socket = await open(target)
  const plain = Buffer.alloc(65_536, 'x')
  const coded = Buffer.from(`10000\r\n${plain}\r\n`)
  const first =
    '--b\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
  const chunked = length.startsWith('Transfer')
  const waits = length.includes('Expect')
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
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n${length}\r\n`,
  )
  // A client that asked first waits for an answer.
  if (waits) await Promise.race([closed, new Promise((resolve) => socket.once('data', resolve))])
  if (!waits || text.startsWith('HTTP/1.1 100')) {
    socket.write(chunked ? `${first.length.toString(16)}\r\n${first}\r\n` : first)
    while (!over && sent < 268_435_456) {
      sent += plain.length
      if (!socket.write(chunked ? coded : plain))
        await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
      // What the kernel takes at once is drained without a turn of the event loop, in which an answer is read.
      await new Promise(setImmediate)
    }
    await closed
  }
  socket.destroy()
  return text
}
