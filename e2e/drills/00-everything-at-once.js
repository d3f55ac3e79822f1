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
  // The same once before, smaller: the code is compiled and the heap has its working size when the start is noted.
  await everything(target, total / 5)
  await settled(target)
  const before = await target.ask('sample')
  const { healthy, expected } = await everything(target, total)
  check(`healthy requests answered, of ${expected}`, healthy === expected, healthy)
  const state = await settled(target)
  check(`bodies closed, of ${state.opened}`, state.closed === state.opened, state.closed)
  check(`files closed, of ${state.filesOpened}`, state.filesClosed === state.filesOpened, state.filesClosed)
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

/** A thousand open connections, 50 slow readers and 200 cut uploads, while `total` requests are made, of which every tenth may fail. */
async function everything(target, total) {
  const agent = keepAlive(20)
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
  await inParallel(total, 20, async (index) => {
    if (index % 10 === 9) {
      failing++
      // Answered 200, 500 or cut; nobody else is to notice.
      await get(target, '/random').catch(() => {})
      return
    }
    const { status } = await get(target, index % 50 === 1 ? '/file' : '/', { agent, count: true })
    if (status === 200) healthy++
  })
  await cut
  for (const socket of [...idle, ...slow]) socket.destroy()
  agent.destroy()
  return { healthy, expected: total - failing }
}

/** What the application counted, when all that was opened is closed, or after 10 s. */
async function settled(target) {
  const { answer } = await target.until(
    'state',
    ({ closed, opened, filesClosed, filesOpened }) => closed === opened && filesClosed === filesOpened,
    10_000,
  )
  await pause(500)
  return answer
}
