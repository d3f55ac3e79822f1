import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dispatch, staticFiles } from '@stapel/middleware'
import { Request, Response } from '@stapel/wrappers'
import { plain } from './support/applications.js'
import { get, inParallel, open } from './support/client.js'

export const title =
  'with 64 open files for 200 clients, and no room for uploads, clients wait or are told, and nothing breaks'

export function application(state) {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-drill-'))
  mkdirSync(join(folder, 'files'))
  writeFileSync(join(folder, 'files/small.txt'), 'inside small')
  writeFileSync(join(folder, 'files/large.bin'), Buffer.alloc(4_194_304, 'stapel'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  // Whoever runs this may write everywhere; below a file there is no place for a file.
  process.env.TMPDIR = join(folder, 'files/small.txt')
  state.folder = folder
  const upload = Request.application(async (request) => {
    const form = await request.formData()
    return new Response(`${form.get('file').size} bytes`)
  })
  const files = staticFiles({ '/': join(folder, 'files') }, { cache: false, listing: true })
  return dispatch(
    { '/upload': upload, '/files': files((_environ, startResponse) => plain(startResponse)) },
    { default: (_environ, startResponse) => plain(startResponse) },
  )
}

export async function run({ target, short, check }) {
  const { folder } = await target.ask('state')
  // What is loaded at first use is loaded before there is a limit, which no process of Node could start with.
  await get(target, '/files/')
  await upload(target)
  execFileSync('prlimit', ['--pid', String(target.pid), '--nofile=64:64'])
  const before = await target.ask('sample')
  const rounds = short ? 2 : 10
  const seen = new Map()
  const wrong = []
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const path = ['/files/large.bin', '/files/small.txt', '/files/'][index % 3]
        const answer = await get(target, path, { count: true }).catch(({ code }) => ({ status: code }))
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
        const whole = answer.body === Number(answer.headers?.['content-length'])
        if (!allowed.has(answer.status) || (answer.status === 200 && !whole))
          wrong.push(`${path}: ${answer.status}`)
      }),
    )
  }
  const summary = [...seen].map(([status, count]) => `${count} × ${status}`).join(', ')
  check(
    '200 clients at a time get the whole file, a 503 or no connection',
    wrong.length === 0,
    wrong[0] ?? summary,
  )
  check('some of them get the file', (seen.get(200) ?? 0) > 0, seen.get(200) ?? 0)
  check('some of them do not, so that there was something to see', seen.size > 1, summary)

  const start = performance.now()
  const { took } = await target.until('sample', ({ files }) => files <= before.files + 2, 5_000)
  check('file handles back to the start, within 5 s', took <= 5_000, `${Math.round(took)} ms`)
  const answers = await inParallel(10, 10, () => get(target, '/files/small.txt'))
  const served = answers.filter(({ status, body }) => status === 200 && body === 'inside small').length
  const recovered = performance.now() - start
  check(
    '10 requests afterwards, answered within 5 s',
    served === 10 && recovered < 5_000,
    `${served} in ${Math.round(recovered)} ms`,
  )

  const uploads = await inParallel(short ? 10 : 100, 5, () => upload(target))
  const refused = uploads.filter((text) => /^HTTP\/1\.1 503 /.test(text)).length
  check(
    `uploads that find no room answered 503, of ${uploads.length}`,
    refused === uploads.length,
    uploads.find((text) => !/^HTTP\/1\.1 503 /.test(text))?.slice(0, 80) ?? refused,
  )
  const told = uploads.filter((text) => text.includes(folder)).length
  check('answers that tell where there was no room', told === 0, told)
  const after = await target.ask('sample')
  check(
    'file handles back to the start',
    after.files <= before.files + 2,
    `${after.files} of ${before.files}`,
  )
}

/** No connection: the kernel or the server had no descriptor for it. */
const allowed = new Set([200, 503, 'ECONNRESET', 'EPIPE', 'ECONNREFUSED'])

const boundary = 'stapel'

/** Sends a form with a file of 2 MiB, more than is kept in memory. */
async function upload(target) {
  const content = Buffer.alloc(2_097_152, 'x')
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const socket = await open(target)
  socket.write(
    `POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`,
  )
  socket.write(body)
  let text = ''
  for await (const chunk of socket) text += chunk.toString('latin1')
  return text
}
