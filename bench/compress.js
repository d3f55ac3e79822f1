/**
 * Compares compression of 8 kB of JSON over real sockets, interleaved in one run, in fresh processes every round: `node compress.js [--rounds 7] [--seconds 5]
 * [--warm-up 5] [--servers a,b] [--coding gzip]`, after `pnpm build`.
 *
 * The medians of the rounds are printed as requests a second and as the processor time of a request on the server, each with its ratio to a
 * bare handler that calls gzipSync, and the bytes of an answer.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { content } from './compress/content.js'
import { load, tool } from './load.js'
import { line, summary } from './median.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    // A second is 2,000 to 5,000 answers, and two runs of one program differ by a quarter then.
    seconds: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '5' },
    servers: { type: 'string', default: 'bare,stapel,stapel-cache,express,fastify' },
    coding: { type: 'string', default: 'gzip' },
  },
})
const names = values.servers.split(',')
const scenario = { headers: { 'accept-encoding': values.coding } }
const results = new Map(names.map((name) => [name, []]))

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${tool}, ${values.rounds} rounds\n`,
)
for (let round = 0; round < Number(values.rounds); round++) {
  for (const index of names.keys()) {
    const name = names[(index + round) % names.length]
    results.get(name).push(await measure(name))
  }
}
const first = summary(results.get(names[0]))
console.log(`${content.length} bytes of JSON, Accept-Encoding: ${values.coding} (aim: 0.95 of bare)`)
for (const [name, rows] of results) {
  console.log(`${line(name, summary(rows), first)}   ${rows[0].size} bytes`)
}

async function measure(name) {
  const child = fork(new URL('./compress/server.js', import.meta.url), [name])
  try {
    const [{ port }] = await once(child, 'message')
    const url = `http://127.0.0.1:${port}/`
    const size = await check(name, url)
    await load(url, scenario, Number(values['warm-up']))
    const before = await processorTime(child)
    const { perSecond, requests } = await load(url, scenario, Number(values.seconds))
    const microseconds = ((await processorTime(child)) - before) / requests
    return { perSecond, microseconds, size }
  } finally {
    child.kill('SIGKILL')
  }
}

/** The bytes of an answer; throws for one that is not what was asked for. */
async function check(name, url) {
  const answer = await fetch(url, scenario)
  const coding = answer.headers.get('content-encoding')
  if ((await answer.text()) !== content || (name !== 'bare' && coding !== values.coding))
    throw new Error(`${name} answers wrongly: ${answer.status} ${coding}`)
  const { request } = await import('node:http')
  const [response] = await once(request(url, { headers: scenario.headers }).end(), 'response')
  let size = 0
  for await (const chunk of response) size += chunk.length
  return size
}

async function processorTime(child) {
  child.send('cpu')
  const [{ cpu }] = await once(child, 'message')
  return cpu
}
