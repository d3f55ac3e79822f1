import { byPath, plain } from './support/applications.js'
import { inParallel, open, received } from './support/client.js'

export const title = 'a Content-Length that is wrong never shifts the answers of a connection'

const cases = ['GET', 'HEAD'].flatMap((method) =>
  ['200 OK', '204 No Content', '205 Reset Content', '304 Not Modified', '206 Partial Content'].flatMap(
    (status) =>
      [-1, 0, 1].flatMap((offset) => [true, false].map((whole) => ({ method, status, offset, whole }))),
  ),
)

export function application() {
  return byPath({
    '/wrong': (environ, startResponse) => {
      const { status, offset, whole } = cases[Number(environ.QUERY_STRING)]
      startResponse(status, [['Content-Length', String(8 + offset)]])
      return whole ? '12345678' : ['1234', new TextEncoder().encode('5678')]
    },
    '/second': (_environ, startResponse) => plain(startResponse, 'the second answer'),
  })
}

export async function run({ target, short, check }) {
  const total = short ? cases.length : 5_000
  const outcomes = await inParallel(total, 20, async (index) => {
    const { method } = cases[index % cases.length]
    const socket = await open(target)
    socket.write(
      `${method} /wrong?${index % cases.length} HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    )
    return judge(await received(socket), cases[index % cases.length])
  })
  for (const wrong of new Set(outcomes.filter((outcome) => outcome !== 'right' && outcome !== 'closed'))) {
    check('an answer', false, wrong)
  }
  const right = outcomes.filter((outcome) => outcome === 'right').length
  const closed = outcomes.filter((outcome) => outcome === 'closed').length
  check(
    `answers right or the connection closed, of ${total}`,
    right + closed === total,
    `${right} right, ${closed} closed`,
  )
}

/** Reads the two answers as a client must (RFC 9112 section 6.3). */
function judge(text, { method, status }) {
  const split = text.indexOf('\r\n\r\n')
  const head = text.slice(0, split)
  let rest = text.slice(split + 4)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  const bodiless = method === 'HEAD' || /^(204|304)/.test(status)
  if (/\r\ntransfer-encoding: chunked/i.test(head)) {
    // A 205 has no length (clause 4.5) and no content either: an empty list of chunks.
    if (!rest.startsWith('0\r\n\r\n')) return `wrong chunks: ${JSON.stringify(text)}`
    rest = rest.slice(5)
  } else if (!bodiless) {
    const body = rest.slice(0, length)
    if (body.length < length)
      return body === '12345678'.slice(0, body.length) ? 'closed' : `wrong bytes: ${JSON.stringify(text)}`
    if (body !== '12345678'.slice(0, length)) return `wrong bytes: ${JSON.stringify(text)}`
    rest = rest.slice(length)
  }
  if (rest === '') return 'closed'
  return rest.startsWith('HTTP/1.1 200 OK\r\n') && rest.endsWith('\r\n\r\nthe second answer')
    ? 'right'
    : `shifted: ${JSON.stringify(text)}`
}
