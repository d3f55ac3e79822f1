import { plain } from './support/applications.js'
import { get, inParallel, open, percentile, received } from './support/client.js'

export const title = 'clients that send their headers or bodies a byte at a time are cut off'
export const options = { headersTimeout: 1_500, requestTimeout: 3_000 }

export function application(state) {
  return async (environ, startResponse) => {
    if (environ.REQUEST_METHOD === 'POST') {
      try {
        await environ['stapel.context'].read()
      } catch (error) {
        state.rejected = (state.rejected ?? 0) + 1
        throw error
      }
    }
    return plain(startResponse)
  }
}

export async function run({ target, short, check, clock }) {
  const heads = short ? 50 : 1_000
  const bodies = short ? 25 : 500
  const before = await target.ask('sample')
  const sockets = await inParallel(heads + bodies, 50, () => open(target))
  const start = performance.now()
  const slow = (some, first) =>
    Promise.all(
      some.map(async (socket) => {
        socket.write(first)
        const timer = setInterval(() => socket.write('x'), 500)
        const answer = await received(socket, 20_000)
        clearInterval(timer)
        return { answer, took: performance.now() - start }
      }),
    )
  const all = [
    slow(sockets.slice(0, heads), 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '),
    slow(sockets.slice(heads), 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n'),
  ]
  const times = (await inParallel(100, 2, () => get(target))).map(({ milliseconds }) => milliseconds)
  const [slowHeads, slowBodies] = await Promise.all(all)
  const cutHeads = slowHeads.filter(({ answer }) => /^HTTP\/1\.1 408 /.test(answer) || answer === '').length
  const cutBodies = slowBodies.filter(({ answer }) => /^HTTP\/1\.1 408 /.test(answer) || answer === '').length
  check(`slow headers answered 408 or closed, of ${heads}`, cutHeads === heads, cutHeads)
  check(`slow bodies answered 408 or closed, of ${bodies}`, cutBodies === bodies, cutBodies)
  const last = Math.max(...slowHeads.map(({ took }) => took), ...slowBodies.map(({ took }) => took))
  check('the last one gone within the limit and 5 s', last < 8_000, `${last.toFixed(0)} ms`)
  const { answer: state } = await target.until('state', ({ rejected }) => rejected === bodies, 10_000)
  const { rejected = 0 } = state
  check(`reads of those bodies that rejected, of ${bodies}`, rejected === bodies, rejected)
  clock('99th percentile of others meanwhile', percentile(times, 0.99), 250)
  const { answer } = await target.until('sample', ({ files }) => files <= before.files + 2, 5_000)
  check(
    'file handles back to the start',
    answer.files <= before.files + 2,
    `${answer.files} of ${before.files}`,
  )
}
