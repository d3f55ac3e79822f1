import { byPath } from './support/applications.js'
import { exchange, inParallel } from './support/client.js'

export const title = 'an application that throws after its first chunk breaks the answer off visibly'

export function application(state) {
  const failing = (headers) => (_environ, startResponse) => {
    startResponse('200 OK', headers)
    return {
      async *[Symbol.asyncIterator]() {
        yield 'begun'
        throw new Error('late')
      },
      close() {
        state.closed = (state.closed ?? 0) + 1
      },
    }
  }
  return byPath({ '/chunked': failing([]), '/length': failing([['Content-Length', '100']]) })
}

export async function run({ target, short, check }) {
  const each = short ? 50 : 500
  for (const path of ['/chunked', '/length']) {
    const answers = await inParallel(each, 20, () =>
      exchange(target, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`),
    )
    const cut = answers.filter((text) => /^HTTP\/1\.1 200 /.test(text) && /begun(\r\n)?$/.test(text)).length
    check(`${path}: cut after the first chunk with nothing appended, of ${each}`, cut === each, cut)
  }
  const { closed, log } = await target.ask('state')
  check(`bodies closed, of ${2 * each}`, closed === 2 * each, closed)
  check(`failures logged, of ${2 * each}`, log === 2 * each, log)
}
