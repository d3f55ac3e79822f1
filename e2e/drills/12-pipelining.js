import { plain } from './support/applications.js'
import { inParallel, open, received } from './support/client.js'

export const title = 'pipelined requests are answered in their order'

export function application() {
  return async (environ, startResponse) => {
    if (environ.PATH_INFO === '/throws') throw new Error('on purpose')
    if (Number(environ.PATH_INFO.slice(1)) % 3 === 0) await Promise.resolve()
    return plain(startResponse, `answer ${environ.PATH_INFO}\n`)
  }
}

export async function run({ target, short, check }) {
  const total = short ? 20 : 200
  const paths = Array.from({ length: 100 }, (_, index) => (index === 30 ? '/throws' : `/${index}`))
  const text = paths
    .map((path, index) =>
      index === 60
        ? `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n${'GET /smuggled HTTP/1.1\r\n\r\n'.padEnd(1000, 'x')}`
        : `GET ${path} HTTP/1.1\r\nHost: a\r\n${index === 99 ? 'Connection: close\r\n' : ''}\r\n`,
    )
    .join('')
  const results = await inParallel(total, 10, async () => {
    const socket = await open(target)
    socket.write(text)
    return (await received(socket)).match(/answer \/\d+\n|Internal Server Error\n|smuggled/g)
  })
  const expected = paths.map((path) => (path === '/throws' ? 'Internal Server Error\n' : `answer ${path}\n`))
  const right = results.filter((found) => found?.join() === expected.join()).length
  check(`connections with all 100 answers in order, of ${total}`, right === total, right)
}
