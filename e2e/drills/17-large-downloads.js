import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stack } from '@stapel/core'
import { staticFiles } from '@stapel/middleware'
import { byPath } from './support/applications.js'
import { get, open } from './support/client.js'
import { mebibytes } from './support/run-drill.js'
import { pause } from './support/target.js'

export const title = 'a large download to a slow reader that stops and goes holds no more than it must'

const piece = Buffer.alloc(65_536, 'stapel')

export function application(state, { short }) {
  const size = sizeOf(short)
  const folder = mkdtempSync(join(tmpdir(), 'stapel-drill-'))
  const file = openSync(join(folder, 'large.bin'), 'w')
  for (let written = 0; written < size; written += piece.length) writeSync(file, piece)
  closeSync(file)
  process.on('exit', () => rmSync(folder, { recursive: true }))
  state.pulled = 0
  setInterval(() => {
    const { rss, arrayBuffers } = process.memoryUsage()
    state.rss = Math.max(state.rss ?? 0, rss)
    state.arrayBuffers = Math.max(state.arrayBuffers ?? 0, arrayBuffers)
  }, 20).unref()
  return stack(
    byPath({
      '/generated': function* (_environ, startResponse) {
        startResponse('200 OK', [['Content-Length', String(size)]])
        for (let sent = 0; sent < size; sent += piece.length) {
          state.pulled += piece.length
          yield piece
        }
      },
    }),
    staticFiles({ '/static': folder }),
  )
}

export async function run({ target, short, check }) {
  const size = sizeOf(short)
  const expected = createHash('sha256')
  for (let at = 0; at < size; at += piece.length) expected.update(piece)
  const wanted = expected.digest('hex')
  await get(target)
  const before = await target.ask('sample')
  for (const path of ['/static/large.bin', '/generated']) {
    const { hash, ahead } = await readSlowly(target, path, size)
    check(`${path}: SHA-256 of ${mebibytes(size)}`, hash === wanted, hash === wanted ? 'equal' : hash)
    if (path === '/generated') {
      check(
        'how far the generator was ahead of what the kernel took, at most 256 KiB',
        ahead <= 262_144,
        mebibytes(ahead),
      )
    }
  }
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
}

function sizeOf(short) {
  return short ? 134_217_728 : 1_073_741_824
}

async function readSlowly(target, path, size) {
  const socket = await open(target)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  const hash = createHash('sha256')
  let got = -1
  let ahead = 0
  let stop = size / 8
  for await (const chunk of socket) {
    const content = got === -1 ? chunk.subarray(chunk.indexOf('\r\n\r\n') + 4) : chunk
    got = Math.max(got, 0) + content.length
    hash.update(content)
    if (got >= size) break
    if (got <= stop) continue
    stop += size / 8
    await pause(200)
    const { pulled } = await target.ask('state')
    const { written } = await target.ask('transferred')
    ahead = Math.max(ahead, pulled - written)
  }
  socket.destroy()
  return { hash: hash.digest('hex'), ahead }
}
