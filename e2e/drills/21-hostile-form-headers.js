import { Request, Response } from '@stapel/wrappers'
import { exchange } from './support/client.js'

export const title = 'hostile headers of a form and of its parts cost no more than their length'

/** Reads the form a hundred times, and says how long one reading took the processor. */
export function application(state) {
  return Request.application(async (request) => {
    if (request.method === 'GET') return new Response('ok')
    const bytes = await request.bytes()
    const start = process.cpuUsage()
    let failure
    for (let i = 0; i < 100; i++) {
      const again = new Request({ ...request.environ, 'wsgi.input': once(bytes) })
      await again.formData({ partHeaders: 16_384 }).catch((error) => {
        failure = error
      })
    }
    const { user, system } = process.cpuUsage(start)
    state.milliseconds = (user + system) / 1000 / 100
    if (failure !== undefined) throw failure
    return new Response('read')
  })
}

const repeats = {
  spaces: ' ',
  commas: ', ',
  semicolons: '; ',
  'open quotes': '"\\"',
  backslashes: '\\',
  'escaped quotes': '\\"',
  'percent escapes': '%22',
  'broken escapes': '%',
  'empty parameters': ';=',
  parameters: '; a=b',
  'quoted parameters': '; a="b"',
  'extended parameters': "; filename*=utf-8''%41",
  'text beyond ASCII': '\u00e9',
  slashes: '/',
}

export async function run({ target, short, check, clock }) {
  const rounds = short ? 3 : 7
  for (const [name, repeat] of Object.entries(repeats)) {
    for (const [place, make] of Object.entries({
      'Content-Type': inType,
      disposition: inDisposition,
      type: inPartType,
    })) {
      const small = await cost(target, make, repeat, 3_500, rounds)
      const large = await cost(target, make, repeat, 7_000, rounds)
      check(
        `${name} in ${place}: twice as many cost at most 2.5 times as much`,
        /^(200|4\d\d)$/.test(large.status) &&
          // Below that it is what the form costs itself, and what else the machine does.
          large.milliseconds < 2.5 * Math.max(small.milliseconds, short ? 0.2 : 0.05),
        `${large.status}, ${(large.milliseconds * 1000).toFixed(0)} µs after ${(small.milliseconds * 1000).toFixed(0)} µs`,
      )
      clock(`${name} in ${place}: the processor`, large.milliseconds, 5)
    }
  }
}

/** The least processor time of some tries. */
async function cost(target, make, repeat, length, rounds) {
  let milliseconds = Number.POSITIVE_INFINITY
  let status = ''
  for (let round = 0; round < rounds; round++) {
    const { type, content } = make(repeat.repeat(Math.floor(length / repeat.length)))
    const bytes = Buffer.from(content, 'latin1')
    const text = await exchange(
      target,
      Buffer.concat([
        Buffer.from(
          `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
          'latin1',
        ),
        bytes,
      ]),
    )
    status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? ''
    milliseconds = Math.min(milliseconds, (await target.ask('state')).milliseconds)
  }
  return { status, milliseconds }
}

const plain = 'multipart/form-data; boundary=b'
const part = '--b\r\nContent-Disposition: form-data; name="a"'

const inType = (hostile) => ({
  type: `${plain}${hostile}`,
  content: `${part}\r\n\r\nx\r\n--b--\r\n`,
})
const inDisposition = (hostile) => ({ type: plain, content: `${part}${hostile}\r\n\r\nx\r\n--b--\r\n` })
const inPartType = (hostile) => ({
  type: plain,
  content: `${part}\r\nContent-Type: text/plain${hostile}\r\n\r\nx\r\n--b--\r\n`,
})

async function* once(bytes) {
  yield bytes
}
