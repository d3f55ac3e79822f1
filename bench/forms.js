/**
 * Compares the reading of multipart forms: `node forms.js [rounds] [seconds of warm-up]`, after `pnpm build`.
 *
 * Each peer serves over loopback in a process of its own, gets one form after another on one connection, and answers with what it found. The order
 * of the peers rotates from round to round; the medians of the time and of the server's processor time for a form are printed, with their
 * ratios to bare busboy, which throws away what it reads and so does less than all others: these keep small files in memory and store large
 * ones, or (formidable) all.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { cpus } from 'node:os'
import { peers } from './forms/peers.js'
import { median } from './median.js'

const rounds = Number(process.argv[2] ?? 5)
// Until the code is compiled: after 600 forms with a file formData() takes twice as long as after 4000.
const warmUp = Number(process.argv[3] ?? 4) * 1000
const boundary = '----WebKitFormBoundary7MA4YWxkTrZu0gW1'

const field = (name, value) => [`Content-Disposition: form-data; name="${name}"`, value]
const file = (name, size) => [
  `Content-Disposition: form-data; name="${name}"; filename="${name}.bin"\r\nContent-Type: application/octet-stream`,
  randomBytes(size),
]
const fields = Array.from({ length: 10 }, (_, index) => field(`field-${index}`, `value ${index}`))
const scenarios = {
  '10 fields': { parts: fields, forms: 1500 },
  '10 fields, a file of 100 kB': { parts: [...fields, file('photo', 100_000)], forms: 600 },
  '10 files of 100 kB': {
    parts: Array.from({ length: 10 }, (_, index) => file(`photo-${index}`, 100_000)),
    forms: 200,
  },
  'a file of 5 MB': { parts: [file('film', 5_000_000)], forms: 30 },
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${rounds} rounds\n`)
for (const [name, { parts, forms }] of Object.entries(scenarios)) {
  const body = bodyOf(parts)
  const results = new Map(Object.keys(peers).map((peer) => [peer, []]))
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(peers)
    for (let turn = 0; turn < names.length; turn++) {
      const peer = names[(turn + round) % names.length]
      results.get(peer).push(await measure(peer, body, parts, forms))
    }
  }
  print(name, results)
}

async function measure(peer, body, parts, forms) {
  const child = fork(new URL('./forms/server.js', import.meta.url), [peer])
  const [{ port }] = await once(child, 'message')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const expected = JSON.stringify({
    count: parts.length,
    bytes: parts.reduce((sum, [, content]) => sum + content.length, 0),
  })
  try {
    const warm = performance.now() + warmUp
    do await send(port, agent, body, expected, 10)
    while (performance.now() < warm)
    const before = await processorTime(child)
    const start = performance.now()
    await send(port, agent, body, expected, forms)
    const milliseconds = (performance.now() - start) / forms
    return { milliseconds, processor: ((await processorTime(child)) - before) / 1000 / forms }
  } finally {
    agent.destroy()
    child.kill('SIGKILL')
  }
}

async function send(port, agent, body, expected, count) {
  for (let i = 0; i < count; i++) {
    const req = request({
      port,
      host: '127.0.0.1',
      agent,
      method: 'POST',
      headers: {
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        'Content-Length': body.length,
      },
    })
    req.end(body)
    const [res] = await once(req, 'response')
    const text = (await res.toArray()).join('')
    if (text !== expected) throw new Error(`Got ${text}; expected ${expected}.`)
  }
}

async function processorTime(child) {
  child.send('cpu')
  const [{ cpu }] = await once(child, 'message')
  return cpu
}

function bodyOf(parts) {
  const pieces = parts.flatMap(([headers, content]) => [
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
}

function print(name, results) {
  console.log(name)
  const bare = results.get('busboy')
  for (const [peer, rows] of results) {
    const milliseconds = median(rows.map((row) => row.milliseconds))
    const processor = median(rows.map((row) => row.processor))
    console.log(
      `  ${peer.padEnd(18)} ${milliseconds.toFixed(3).padStart(8)} ms a form  ${(median(bare.map((row) => row.milliseconds)) / milliseconds).toFixed(2)}` +
        `   ${processor.toFixed(3).padStart(8)} ms of processor  ${(median(bare.map((row) => row.processor)) / processor).toFixed(2)}`,
    )
  }
  console.log()
}
