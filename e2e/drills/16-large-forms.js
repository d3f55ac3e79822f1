import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Request, Response } from '@stapel/wrappers'
import { get } from './support/client.js'
import { mebibytes } from './support/run-drill.js'

export const title = 'a large file in a form is held in memory neither by formData nor by parts'

/** `/form` stores the file and reads it back, `/parts` reads it as it arrives; both answer with its SHA-256. */
export function application(state) {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-drill-'))
  process.env.TMPDIR = folder
  setInterval(() => {
    state.rss = Math.max(state.rss ?? 0, process.memoryUsage.rss())
  }, 50).unref()
  const limits = { total: 2_000_000_000, file: 2_000_000_000 }
  return Request.application(async (request) => {
    if (request.method === 'GET') {
      const { rss } = state
      Object.assign(state, { rss: 0, highest: rss, temporary: readdirSync(folder).length })
      return new Response('ok')
    }
    const hash = createHash('sha256')
    if (request.path === '/form') {
      const file = (await request.formData(limits)).get('file')
      for await (const bytes of file.stream()) hash.update(bytes)
    } else {
      for await (const part of request.parts(limits)) for await (const bytes of part) hash.update(bytes)
    }
    return new Response(hash.digest('hex'))
  })
}

export async function run({ target, short, check, clock }) {
  const size = short ? 134_217_728 : 1_073_741_824
  for (const [path, name, most] of [
    ['/parts', 'parts', 33_554_432],
    ['/form', 'formData', 67_108_864],
  ]) {
    // So that the code is loaded: idle is a server that has read a small form.
    await upload(target, path, 1_048_576)
    const idle = await target.ask('sample')
    await get(target)
    await target.ask('delay')
    const { sent, got } = await upload(target, path, size)
    const { p99 } = await target.ask('delay')
    await get(target)
    const { highest, temporary } = await target.ask('state')
    check(`${name}: SHA-256 of what arrived`, sent === got, `of ${mebibytes(size)}`)
    check(
      `${name}: resident memory over idle, at most ${mebibytes(most)}`,
      highest - idle.rss < most,
      `${mebibytes(highest - idle.rss)} over ${mebibytes(idle.rss)}`,
    )
    clock(`${name}: 99th percentile of the event loop’s delay`, p99, 50)
    check(`${name}: temporary files left`, temporary === 0, temporary)
  }
}

async function upload(target, path, size) {
  const piece = Buffer.alloc(1_048_576, 'stapel\r\n--b')
  const hash = createHash('sha256')
  const head = '--b-stapel\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
  const req = request(`${target.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'multipart/form-data; boundary=b-stapel' },
  })
  const answered = new Promise((resolve, reject) => {
    req.on('error', reject)
    req.on('response', async (res) => resolve((await res.toArray()).join('')))
  })
  const body = function* () {
    yield head
    for (let sent = 0; sent < size; sent += piece.length) {
      hash.update(piece)
      yield piece
    }
    yield '\r\n--b-stapel--\r\n'
  }
  await pipeline(Readable.from(body()), req)
  return { got: await answered, sent: hash.digest('hex') }
}
