import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { plain } from './support/applications.js'
import { get } from './support/client.js'
import { mebibytes } from './support/run-drill.js'
import { pause } from './support/target.js'

export const title = 'a large upload into a slow application is held back'

export function application(state) {
  return async (environ, startResponse) => {
    if (environ.REQUEST_METHOD === 'GET') return plain(startResponse)
    const hash = createHash('sha256')
    let size = 0
    let next = 8_388_608
    for await (const chunk of environ['wsgi.input']) {
      hash.update(chunk)
      size += chunk.length
      if (size > next) {
        // A sink that takes a few hundred MiB a second, in steps.
        next += 8_388_608
        await pause(20)
        state.arrayBuffers = Math.max(state.arrayBuffers ?? 0, process.memoryUsage().arrayBuffers)
        state.rss = Math.max(state.rss ?? 0, process.memoryUsage().rss)
      }
    }
    return plain(startResponse, hash.digest('hex'))
  }
}

export async function run({ target, short, check, clock }) {
  const size = short ? 134_217_728 : 1_073_741_824
  const piece = Buffer.alloc(1_048_576, 'stapel')
  await get(target)
  const before = await target.ask('sample')
  await target.ask('delay')
  const hash = createHash('sha256')
  const req = request(`${target.url}/`, { method: 'POST', headers: { 'Content-Length': size } })
  const answered = new Promise((resolve, reject) => {
    req.on('error', reject)
    req.on('response', async (res) => resolve((await res.toArray()).join('')))
  })
  await pipeline(
    Readable.from(
      (function* () {
        for (let sent = 0; sent < size; sent += piece.length) {
          hash.update(piece)
          yield piece
        }
      })(),
    ),
    req,
  )
  check('SHA-256 of what arrived', (await answered) === hash.digest('hex'), `of ${mebibytes(size)}`)
  const state = await target.ask('state')
  check(
    'array buffers over the start, with those not collected yet, at most 64 MiB',
    state.arrayBuffers - before.arrayBuffers < 67_108_864,
    mebibytes(state.arrayBuffers - before.arrayBuffers),
  )
  check(
    'resident memory over the start, at most 64 MiB',
    state.rss - before.rss < 67_108_864,
    mebibytes(state.rss - before.rss),
  )
  const { p99 } = await target.ask('delay')
  clock('99th percentile of the event loop’s delay', p99, 50)
}
