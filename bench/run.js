/**
 * Compares Stapel with its peers over real sockets, interleaved in one run, in fresh processes every round, and its reloads with other reloaders:
 * `pnpm bench [scenario … | reload] [--rounds 7] [--seconds 1] [--warm-up 5] [--peers a,b]`.
 *
 * For each server the median of the rounds is printed as requests a second and as the ratio to bare node:http, and the processor time a
 * request took on the server, which other work on the machine disturbs less.
 */
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { load, tool } from './load.js'
import { line, summary } from './median.js'
import { scenarios } from './scenarios.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    'warm-up': { type: 'string', default: '5' },
    peers: { type: 'string', default: 'stapel,fastify,hono,h3,koa,express' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
// Of the processor, until the code is compiled: on Node 24 an Express application in a stack takes four seconds to its full speed, a bare handler two.
const warmUp = Number(values['warm-up'])

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${tool}, ${rounds} rounds of ${seconds} s\n`,
)
/** What is measured by a program of its own, which takes more options than are given here. */
const programs = { reload: ['./reload.js', '--starts', '3', '--saves', '3'] }
const known = [...Object.keys(scenarios), ...Object.keys(programs)]
for (const name of positionals.length > 0 ? positionals : known) {
  if (!known.includes(name)) throw new Error(`There is no scenario ${name}; there are ${known.join(', ')}.`)
  if (name in scenarios) await compare(name)
  else await run(programs[name])
}

async function run([program, ...args]) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], {
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program} ended with ${code}.`)
}

async function compare(name) {
  const scenario = scenarios[name]
  const names = scenario.servers ?? [
    'bare',
    ...(name === 'stack' ? ['bare-set-header'] : []),
    ...values.peers.split(','),
  ]
  const results = new Map(names.map((peer) => [peer, []]))
  for (let round = 0; round < rounds; round++) {
    // Two processes of one program differ by up to 10 % here, so every round has new ones, in another order.
    const order = names.map((_, index) => names[(index + round) % names.length])
    for (const peer of order) {
      const server = await start(peer, name)
      try {
        await warm(server, scenario)
        results.get(peer).push(await measure(server, scenario, seconds))
      } finally {
        server.child.kill('SIGKILL')
      }
    }
  }
  print(name, scenario, results)
}

async function start(peer, name) {
  const child = fork(new URL('./server.js', import.meta.url), [peer, name])
  const [{ port }] = await once(child, 'message')
  const server = { peer, child, url: `http://127.0.0.1:${port}${scenarios[name].path}` }
  const { method = 'GET', headers, body, check } = scenarios[name]
  const answer = await fetch(server.url, { method, headers, body })
  const text = await answer.text()
  if (answer.status !== 200 || !check(answer, text))
    throw new Error(`${peer} answers ${name} wrongly: ${answer.status} ${text}`)
  return server
}

/** Puts load on a server until it has had its seconds of the processor, which on a busy machine take longer: ten times at most. */
async function warm(server, scenario) {
  const before = await processorTime(server.child)
  const latest = performance.now() + warmUp * 10_000
  do {
    await load(server.url, scenario, 1)
  } while (performance.now() < latest && (await processorTime(server.child)) - before < warmUp * 1e6)
}

async function measure(server, scenario, duration) {
  const before = await processorTime(server.child)
  const { perSecond, requests } = await load(server.url, scenario, duration)
  const after = await processorTime(server.child)
  return { perSecond, microseconds: (after - before) / requests }
}

async function processorTime(child) {
  child.send('cpu')
  const [{ cpu }] = await once(child, 'message')
  return cpu
}

function print(name, { aim }, results) {
  const [first] = results.keys()
  const bare = summary(results.get(first))
  console.log(`${name} (aim: ${aim} of ${first === 'bare' ? 'bare node:http' : first})`)
  for (const [peer, rows] of results) {
    console.log(line(peer, summary(rows), bare))
  }
  console.log()
}
