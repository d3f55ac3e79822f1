import { Request, Response } from '@stapel/wrappers'
import { exchange } from './support/client.js'
import { mebibytes } from './support/run-drill.js'

export const title = 'forms that are made to keep a server busy or to fill it are refused early'

/** Counts the processor time from the first byte of a form that was read to its refusal; `/parts` reads by parts. */
export function application(state) {
  return Request.application(async (request) => {
    if (request.method === 'GET') return new Response('ok')
    const start = process.cpuUsage()
    try {
      if (request.path === '/form') await request.formData()
      else for await (const part of request.parts()) for await (const _bytes of part);
      return new Response('read')
    } finally {
      const { user, system } = process.cpuUsage(start)
      state.milliseconds = (user + system) / 1000
    }
  })
}

const disposition = 'Content-Disposition: form-data; name="a"'
const part = `--b\r\n${disposition}\r\n\r\n\r\n`

/** What is sent, by its name: the content, and perhaps another boundary. */
const bombs = {
  '100,000 parts': `${part.repeat(100_000)}--b--\r\n`,
  '1,000,001 urlencoded fields': {
    type: 'application/x-www-form-urlencoded',
    content: 'a&'.repeat(1_000_001),
  },
  '250,000 urlencoded fields below the limit of bytes': {
    type: 'application/x-www-form-urlencoded',
    content: 'a&'.repeat(249_999),
  },
  '166,000 urlencoded escapes below the limit of bytes': {
    type: 'application/x-www-form-urlencoded',
    content: `a=${'%41'.repeat(166_000)}`,
  },
  'part headers of 10 MiB in one line': `--b\r\n${disposition}\r\nX: ${'x'.repeat(10_485_760)}`,
  'part headers of 10 MiB in many lines': `--b\r\n${disposition}\r\n${'X: x\r\n'.repeat(1_747_626)}`,
  'part headers without a line end': `--b\r\n${'x'.repeat(10_485_760)}`,
  'a boundary of 14 KiB': { type: `multipart/form-data; boundary=${'b'.repeat(14_336)}`, content: part },
  'an open quote in 14 KiB of content type': {
    type: `multipart/form-data; boundary="${'\\"'.repeat(7_168)}`,
    content: part,
  },
  'an open quote of 1 MiB in a part': `--b\r\nContent-Disposition: form-data; name="${'\\"'.repeat(524_288)}`,
  'a preamble of 10 MiB': `${'x'.repeat(10_485_760)}\r\n${part}--b--\r\n`,
  'a preamble of line ends': `${'\r\n'.repeat(1_048_576)}${part}--b--\r\n`,
  '18 MiB of beginnings of a boundary': {
    type: `multipart/form-data; boundary=${'b'.repeat(70)}`,
    content: `--${'b'.repeat(70)}\r\n${disposition}; filename="a"\r\n\r\n${`\r\n--${'b'.repeat(69)}`.repeat(258_000)}`,
  },
  '18 MiB of the letter of a boundary': {
    type: `multipart/form-data; boundary=${'b'.repeat(70)}`,
    content: `--${'b'.repeat(70)}\r\n${disposition}; filename="a"\r\n\r\n${'b'.repeat(18_874_368)}`,
  },
  'a field of 10 MiB': `--b\r\n${disposition}\r\n\r\n${'x'.repeat(10_485_760)}\r\n--b--\r\n`,
  '900 fields of 1 kB': `${`--b\r\n${disposition}\r\n\r\n${'x'.repeat(1_000)}\r\n`.repeat(900)}--b--\r\n`,
  '1,000 files': `${`--b\r\n${disposition}; filename="a"\r\n\r\nx\r\n`.repeat(1_000)}--b--\r\n`,
}

export async function run({ target, short, check, clock }) {
  const rounds = short ? 2 : 5
  // The least of some rounds is what a form costs; the rest is what else the machine does.
  const results = new Map()
  let before
  for (let round = 0; round < rounds; round++) {
    for (const [name, bomb] of Object.entries(bombs)) {
      for (const path of ['/form', '/parts']) {
        const { status, milliseconds } = await send(target, path, bomb)
        const least = results.get(`${path} ${name}`)?.milliseconds ?? Number.POSITIVE_INFINITY
        results.set(`${path} ${name}`, { status, milliseconds: Math.min(milliseconds, least) })
      }
    }
    // The first round loads and compiles.
    if (round > 0) continue
    before = await target.ask('sample')
    await target.ask('delay')
  }
  const { p99 } = await target.ask('delay')
  for (const [name, { status, milliseconds }] of results) {
    check(`${name}: 400, 413 or 415`, ['400', '413', '415'].includes(status), status)
    clock(`${name}: the processor`, milliseconds, 100)
  }
  clock('99th percentile of the event loop’s delay', p99, 50)
  const after = await target.ask('sample')
  check(
    'resident memory over that after the first round, at most 64 MiB',
    after.rss - before.rss < 67_108_864,
    mebibytes(after.rss - before.rss),
  )
}

async function send(target, path, bomb) {
  const content = bomb.content ?? bomb
  const type = bomb.type ?? 'multipart/form-data; boundary=b'
  const text = await exchange(
    target,
    `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${content.length}\r\n\r\n${content}`,
  )
  const { milliseconds } = await target.ask('state')
  return { status: /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? text.slice(0, 40), milliseconds }
}
