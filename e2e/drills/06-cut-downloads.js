import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stack } from '@stapel/core'
import { compress, staticFiles } from '@stapel/middleware'
import { byPath, generated } from './support/applications.js'
import { inParallel, open, until } from './support/client.js'

export const title = 'downloads that the client leaves close what they read from'

export function application(state) {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-drill-'))
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(50_000_000, 'ab'))
  const large = (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return generated(state, 50_000_000)
  }
  const watched = (environ, startResponse) => {
    environ['stapel.context'].signal.addEventListener('abort', () => {
      state.aborted = (state.aborted ?? 0) + 1
    })
    return large(environ, startResponse)
  }
  return stack(
    byPath({ '/generated': watched, '/gzip': watched }),
    compress(),
    staticFiles({ '/static': folder }),
  )
}

export async function run({ target, short, check }) {
  const count = short ? 30 : 1_000
  const before = await target.ask('sample')
  const leave = (path, headers = '') =>
    inParallel(count, 20, async () => {
      const socket = await open(target)
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`)
      await until(socket, /\r\n\r\n[\s\S]/)
      socket.destroy()
    })
  await leave('/static/large.bin')
  await leave('/generated')
  await leave('/gzip', 'Accept-Encoding: gzip\r\n')
  const { answer } = await target.until('state', ({ closed }) => closed === 2 * count, 10_000)
  check(`generators returned, of ${2 * count}`, answer.returned === 2 * count, answer.returned)
  check(`bodies closed, of ${2 * count}`, answer.closed === 2 * count, answer.closed)
  check(`signals fired, of ${2 * count}`, answer.aborted === 2 * count, answer.aborted)
  const after = await target.until('sample', ({ files }) => files <= before.files + 2, 10_000)
  check(
    'file handles back to the start',
    after.answer.files <= before.files + 2,
    `${after.answer.files} of ${before.files}`,
  )
}
