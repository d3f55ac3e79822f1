import { byPath } from './support/applications.js'
import { exchange, get, open } from './support/client.js'

export const title = 'applications that break the protocol are answered 500 or cut, and named in the log'

export function application(state) {
  const body = (chunks) => ({
    *[Symbol.iterator]() {
      yield* chunks
    },
    close() {
      state.closed = (state.closed ?? 0) + 1
    },
  })
  const start = (startResponse) => startResponse('200 OK', [])
  return byPath({
    '/never-started': () => 'text',
    '/started-twice': (_environ, startResponse) => {
      start(startResponse)
      start(startResponse)
      return 'text'
    },
    '/started-late': (_environ, startResponse) => {
      setTimeout(() => {
        try {
          start(startResponse)
        } catch {
          state.lateThrew = true
        }
      }, 20)
      return body(['text'])
    },
    '/number': (_environ, startResponse) => {
      start(startResponse)
      return body([42])
    },
    '/nothing': (_environ, startResponse) => {
      start(startResponse)
      return undefined
    },
    '/never': (environ, startResponse) => {
      environ['stapel.context'].signal.addEventListener('abort', () => {
        state.gone = true
      })
      start(startResponse)
      return new Promise(() => {})
    },
  })
}

export async function run({ target, check }) {
  for (const path of ['/never-started', '/started-twice', '/started-late', '/number', '/nothing']) {
    const text = await exchange(target, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    check(`${path}: answered 500`, /^HTTP\/1\.1 500 /.test(text), text.split('\r\n')[0])
  }
  const { answer } = await target.until('state', ({ lateThrew }) => lateThrew, 2_000)
  check('startResponse throws when it comes too late', answer.lateThrew, answer.lateThrew)
  check('bodies closed, of 2', answer.closed === 2, answer.closed)
  check('lines in the log, at least 5', answer.log >= 5, answer.log)
  const socket = await open(target)
  socket.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n')
  const other = await get(target)
  check('others are served beside one that never settles', other.status === 200, other.status)
  socket.destroy()
  const gone = await target.until('state', (state) => state.gone, 2_000)
  check('it is told when its client has gone', gone.answer.gone, gone.answer.gone)
}
