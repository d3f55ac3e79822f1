/**
 * What workers bring: `stapel serve` with one and with two of them, over connections that are kept and over new ones, interleaved:
 * `node bench/serve.js [--rounds 5] [--seconds 2]`. With two cores, the load takes its share of them.
 */
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { load, tool } from './load.js'
import { median } from './median.js'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const command = fileURLToPath(new URL('../packages/devserver/bin/stapel.js', import.meta.url))
const application = fileURLToPath(new URL('./serve/app.js', import.meta.url))

console.log(`Node ${process.version}, ${tool}, ${rounds} rounds of ${seconds} s\n`)
const scenarios = { 'kept connections': {}, 'new connections': { headers: { Connection: 'close' } } }
const results = new Map()
for (let round = 0; round < rounds; round++) {
  for (const workers of round % 2 === 0 ? [1, 2] : [2, 1]) {
    const server = await start(workers)
    for (const [name, scenario] of Object.entries(scenarios)) {
      await load(server.url, scenario, 1)
      const { perSecond } = await load(server.url, scenario, seconds)
      const key = `${name}, ${workers}`
      results.set(key, [...(results.get(key) ?? []), perSecond])
    }
    server.child.kill('SIGTERM')
    await once(server.child, 'exit')
  }
}
for (const name of Object.keys(scenarios)) {
  const [one, two] = [1, 2].map((workers) => median(results.get(`${name}, ${workers}`)))
  console.log(
    `${name}: 1 worker ${one.toFixed(0)} req/s, 2 workers ${two.toFixed(0)} req/s, ${(two / one).toFixed(2)}`,
  )
}

/** Starts the command, and waits until it says where it serves. */
async function start(workers) {
  const child = spawn(process.execPath, [command, 'serve', application, '--port=0', `--workers=${workers}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let printed = ''
  for await (const [text] of on(child.stderr.setEncoding('utf8'), 'data', { close: ['end'] })) {
    printed += text
    const [, url] = / at (http:\S+)/.exec(printed) ?? []
    if (url !== undefined) return { child, url: `${url}/` }
  }
  throw new Error(printed)
}
