import { plain } from './support/applications.js'
import { inParallel, open, received } from './support/client.js'
import { forbidden, requests } from './support/raw-requests.js'

export const title = 'raw requests get the same answers however their bytes are cut'

export function application(state) {
  return async (environ, startResponse) => {
    for (const what of forbidden(environ)) state.forbidden = [...(state.forbidden ?? []), what]
    if (environ.REQUEST_METHOD === 'POST' && environ.PATH_INFO !== '/unread') {
      let size = 0
      for await (const chunk of environ['wsgi.input']) size += chunk.length
      return plain(startResponse, `${size} bytes`)
    }
    return plain(startResponse)
  }
}

export async function run({ target, short, check }) {
  const cuts = short ? 2 : 20
  let agreed = 0
  for (const [name, text, expected] of requests) {
    const bytes = Buffer.from(text, 'latin1')
    const pieces = [[bytes]]
    if (bytes.length < 1_000) pieces.push([...bytes].map((byte) => Buffer.of(byte)))
    for (let i = 0; i < cuts; i++) pieces.push(cutAtRandom(bytes))
    const verdicts = await inParallel(pieces.length, 10, (index) => ask(target, pieces[index]))
    const wrong = verdicts.filter((verdict) => verdict !== expected.join())
    if (wrong.length === 0) agreed++
    else
      check(
        name,
        false,
        `expected ${expected}, got ${[...new Set(wrong)].join(' and ')} in ${wrong.length} of ${pieces.length} cuts`,
      )
  }
  check(
    `requests answered as expected, whole and in pieces, of ${requests.length}`,
    agreed === requests.length,
    agreed,
  )
  const { forbidden: seen = [] } = await target.ask('state')
  check(
    'forbidden things that reached the application',
    seen.length === 0,
    seen.length === 0 ? 0 : seen.join(', '),
  )
}

async function ask(target, pieces) {
  const socket = await open(target)
  socket.setNoDelay(true)
  const answer = received(socket, 5_000)
  for (const piece of pieces) {
    if (socket.destroyed || socket.readableEnded) break
    await new Promise((resolve) => socket.write(piece, () => setImmediate(resolve)))
  }
  return statuses(await answer)
}

/** The statuses of the answers, `open` when the server left the connection open. */
function statuses(text) {
  const found = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => status)
  if (text.endsWith('(open)')) found.push('open')
  return found.join()
}

function cutAtRandom(bytes) {
  const pieces = []
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(Math.random() * Math.min(bytes.length, 40))
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
    .slice(0, 400)
    .concat(bytes.subarray(pieces.slice(0, 400).reduce((sum, { length }) => sum + length, 0)))
}
