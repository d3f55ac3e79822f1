import { createHook } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { createGunzip } from 'node:zlib'
import { stack } from '@stapel/core'
import { compress } from '@stapel/middleware'
import { byPath, generated } from './support/applications.js'
import { inParallel, open, until } from './support/client.js'
import { mebibytes } from './support/run-drill.js'
import { pause } from './support/target.js'

export const title =
  'a large answer is compressed for a slow reader in bounded memory, and coders go with their clients'

/** 64 KiB of words, of which gzip makes about a third. */
const piece = Buffer.from(
  Array.from({ length: 20_000 }, (_, i) => `${Math.imul(i, 2_654_435_761) >>> 20} `).join(''),
).subarray(0, 65_536)

export function application(state, { short }) {
  const size = sizeOf(short)
  state.pulled = 0
  setInterval(() => {
    state.rss = Math.max(state.rss ?? 0, process.memoryUsage().rss)
  }, 20).unref()
  // A handle of zlib is there until it is closed and collected.
  const coders = new Set()
  createHook({
    init: (id, type) => void (type === 'ZLIB' && coders.add(id)),
    destroy: (id) => void coders.delete(id),
  }).enable()
  Object.defineProperty(state, 'coders', { enumerable: true, get: () => coders.size })
  return stack(
    byPath({
      '/large': function* (_environ, startResponse) {
        startResponse('200 OK', [['Content-Type', 'text/plain']])
        for (let sent = 0; sent < size; sent += piece.length) {
          state.pulled += piece.length
          yield piece
        }
      },
      '/left': (_environ, startResponse) => {
        startResponse('200 OK', [['Content-Type', 'text/plain']])
        return generated(state, 50_000_000)
      },
    }),
    compress({ level: 1 }),
  )
}

export async function run({ target, short, check, clock }) {
  const size = sizeOf(short)
  const expected = createHash('sha256')
  for (let at = 0; at < size; at += piece.length) expected.update(piece)
  const wanted = expected.digest('hex')
  await (await open(target)).destroy()
  const before = await target.ask('sample')

  const { hash, ahead, first } = await readSlowly(target, size)
  check(`SHA-256 of ${mebibytes(size)} through gzip`, hash === wanted, hash === wanted ? 'equal' : hash)
  clock('first byte', first, 1_000)
  check(
    'how far the generator was ahead of what the kernel took, at most 1 MiB',
    ahead <= 1_048_576,
    mebibytes(ahead),
  )
  const { rss } = await target.ask('state')
  const grown = rss - before.rss
  check('resident memory over the start, at most 64 MiB', grown < 67_108_864, mebibytes(grown))

  for (const [round, coding] of ['gzip', 'br'].entries()) {
    const sockets = await inParallel(100, 20, () => begin(target, coding))
    const { coders } = await target.ask('state')
    check(`coders, of 100 or more (${coding})`, coders >= 100, coders)
    for (const socket of sockets) socket.destroy()
    const total = (round + 1) * 100
    const { answer, took } = await target.until('state', ({ closed }) => closed === total, 10_000)
    check(
      `bodies returned and closed, of ${total} (${coding})`,
      answer.returned === total && answer.closed === total,
      `${answer.returned} and ${answer.closed} in ${took.toFixed(0)} ms`,
    )
    // Its question is answered after a collection.
    await target.ask('sample')
    const freed = await target.until('state', (state) => state.coders === 0, 10_000)
    check(`coders left (${coding})`, freed.answer.coders === 0, freed.answer.coders)
  }
  const after = await target.until('sample', ({ files }) => files <= before.files + 2, 10_000)
  const { files } = after.answer
  check('file handles back to the start', files <= before.files + 2, `${files} of ${before.files}`)
}

function sizeOf(short) {
  return short ? 134_217_728 : 1_073_741_824
}

/** A client that has got the beginning of an endless answer. */
async function begin(target, coding) {
  const socket = await open(target)
  socket.write(`GET /left HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${coding}\r\n\r\n`)
  await until(socket, /\r\n\r\n[\s\S]/)
  socket.pause()
  return socket
}

/** Reads by HTTP/1.0, which has no chunks, and stops eight times on the way. */
async function readSlowly(target, size) {
  const socket = await open(target)
  const start = performance.now()
  socket.write('GET /large HTTP/1.0\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
  const hash = createHash('sha256')
  const gunzip = createGunzip()
  let first = Number.NaN
  let compressed = 0
  const feed = async () => {
    for await (const chunk of socket) {
      let content = chunk
      if (Number.isNaN(first)) {
        first = performance.now() - start
        content = chunk.subarray(chunk.indexOf('\r\n\r\n') + 4)
      }
      compressed += content.length
      if (!gunzip.write(content)) await new Promise((resolve) => gunzip.once('drain', resolve))
    }
    gunzip.end()
  }
  const feeding = feed()
  let got = 0
  const seen = []
  let stop = size / 8
  for await (const chunk of gunzip) {
    got += chunk.length
    hash.update(chunk)
    if (got <= stop) continue
    stop += size / 8
    await pause(200)
    const { pulled } = await target.ask('state')
    const { written } = await target.ask('transferred')
    // At the end of the answer its connection is gone.
    if (written > 0) seen.push({ pulled, written })
  }
  await feeding
  // Each piece is compressed to as much as the one before.
  const ahead = Math.max(...seen.map(({ pulled, written }) => pulled - (written * size) / compressed))
  return { hash: hash.digest('hex'), ahead, first }
}
