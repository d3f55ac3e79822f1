import { mkdtempSync, writeFileSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { byPath, generated, plain } from './support/applications.js'
import { get, inParallel, keepAlive, open } from './support/client.js'
import { mebibytes } from './support/run-drill.js'
import { pause } from './support/target.js'

export const title = 'a thousand connections, slow readers, cut uploads and random failures, all at once'

export function application(state) {
  const file = join(mkdtempSync(join(tmpdir(), 'stapel-drill-')), 'file.bin')
  writeFileSync(file, Buffer.alloc(1_000_000, 'ab'))
  return byPath({
    '/slow': (_environ, startResponse) => {
      startResponse('200 OK', [])
      return generated(state, 20_000_000)
    },
    '/upload': async (environ, startResponse) => {
      let size = 0
      for await (const chunk of environ['wsgi.input']) size += chunk.length
      return plain(startResponse, String(size))
    },
    '/file': async (_environ, startResponse) => {
      const handle = await openFile(file)
      state.filesOpened = (state.filesOpened ?? 0) + 1
      startResponse('200 OK', [])
      return {
        async *[Symbol.asyncIterator]() {
          const buffer = new Uint8Array(65_536)
          for (;;) {
            const { bytesRead } = await handle.read(buffer)
            if (bytesRead === 0) return
            yield buffer.slice(0, bytesRead)
          }
        },
        async close() {
          await handle.close()
          state.filesClosed = (state.filesClosed ?? 0) + 1
        },
      }
    },
    '/random': async (_environ, startResponse) => {
      const at = Math.floor(Math.random() * 4)
      if (at === 0) throw new Error('before')
      startResponse('200 OK', [])
      return (async function* () {
        yield 'one'
        if (at === 1) throw new Error('between')
        yield 'two'
        if (at === 2) throw new Error('after')
      })()
    },
  })
}

export async function run({ target, short, check }) {
  const total = short ? 5_000 : 100_000
  const agent = keepAlive(20)
  // The code is compiled and the heap has its working size before the start is noted.
  await inParallel(short ? 2_000 : 20_000, 20, () => get(target, '/', { agent }))
  const before = await target.ask('sample')

  const idle = await inParallel(1_000, 100, () => open(target))
  const slow = await inParallel(50, 10, async () => {
    const socket = await open(target)
    socket.pause()
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    return socket
  })
  const cut = inParallel(200, 10, async () => {
    const socket = await open(target)
    socket.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
    await new Promise((resolve) => socket.write(Buffer.alloc(500_000), resolve))
    socket.destroy()
  })
  let healthy = 0
  let failing = 0
  await Promise.all([
    cut,
    inParallel(total, 20, async (index) => {
      if (index % 10 === 9) {
        // What fails is answered 500 or cut; the request's own client sees it and nobody else.
        await get(target, '/random').then(
          ({ status }) => status === 500 || status === 200,
          () => true,
        )
        failing++
        return
      }
      const { status } = await get(target, index % 50 === 1 ? '/file' : '/', { agent, count: true })
      if (status === 200) healthy++
    }),
  ])
  check(`healthy requests answered, of ${total - failing}`, healthy === total - failing, healthy)
  for (const socket of [...idle, ...slow]) socket.destroy()
  agent.destroy()
  const { answer: state } = await target.until(
    'state',
    ({ closed, opened, filesClosed, filesOpened }) => closed === opened && filesClosed === filesOpened,
    10_000,
  )
  check(`bodies closed, of ${state.opened}`, state.closed === state.opened, state.closed)
  check(`files closed, of ${state.filesOpened}`, state.filesClosed === state.filesOpened, state.filesClosed)
  await pause(500)
  const { answer: after } = await target.until(
    'sample',
    ({ files, rss }) => files <= before.files && rss <= before.rss * 1.2,
    10_000,
  )
  check('file handles', after.files <= before.files, `${after.files} of ${before.files}`)
  check('sockets', after.sockets <= before.sockets, `${after.sockets} of ${before.sockets}`)
  check(
    'resident memory, at most 20 % over the start',
    after.rss <= before.rss * 1.2,
    `${mebibytes(after.rss)} of ${mebibytes(before.rss)}`,
  )
}
