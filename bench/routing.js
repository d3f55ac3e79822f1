/**
 * Compares the matching of routes in memory, in one process, interleaved: `node --expose-gc routing.js [set …] [--rounds 51] [--peers a,b]`, after `pnpm build`.
 *
 * Sets: `usual`, `nested`, and 10, 100, 1000 and 10000 rules. A match gives the route and its parameters; where a peer leaves the parameters in
 * the path until somebody asks (Hono), they are read. Printed are medians in millions of matches a second and ratios to Stapel, twice: for texts
 * as a server has them, each made anew with a value of its own, and for constants, as most benchmarks have them. The engine knows constants: it has
 * their hashes, and V8 remembers how it split them.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { median } from './median.js'
import { peers } from './routing/peers.js'
import { fill, nested, resources, usual } from './routing/sets.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '51' },
    peers: { type: 'string', default: Object.keys(peers).join(',') },
  },
})
const rounds = Number(values.rounds)
const names = values.peers.split(',')
const BATCH = 8192
/** Rounds until the code is compiled. */
const WARM_UP = 30
// Beyond these sizes a peer takes minutes.
const largest = { 'hono RegExpRouter': 1000, 'path-to-regexp': 100 }

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, medians of ${rounds} rounds\n`)
for (const set of positionals.length > 0 ? positionals : ['usual', 'nested', '10', '100', '1000', '10000']) {
  const { routes, asked } = create(set)
  const taking = names.filter((name) => routes.length <= (largest[name] ?? Number.POSITIVE_INFINITY))
  const built = new Map(taking.map((name) => [name, build(name, routes)]))
  for (const [title, requests] of Object.entries(asked)) compare(`${set}: ${title}`, built, requests)
  console.log(`${set}: adding ${routes.length} rules, and the first match`)
  for (const [name, { took, bytes }] of built) {
    console.log(
      `  ${name.padEnd(18)} ${took.toFixed(1).padStart(8)} ms  ${(bytes / 2 ** 20).toFixed(1).padStart(6)} MiB`,
    )
  }
  console.log()
}

function create(set) {
  if (set === 'usual') return usual
  return set === 'nested' ? nested() : resources(Number(set))
}

function build(name, routes) {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const started = performance.now()
  const match = peers[name].create(routes)
  const [method, route] = routes.at(-1)
  match(method, fill(route, 0))
  const took = performance.now() - started
  globalThis.gc?.()
  return { match, took, bytes: process.memoryUsage().heapUsed - before }
}

function compare(title, built, requests) {
  check(title, built, requests)
  const constants = requests.map(([method, route], index) => [method, intern(fill(route, index))])
  const columns = [ratesOf(built, () => freshFrom(requests)), ratesOf(built, () => repeat(constants))]
  console.log(`${title.padEnd(33)} fresh texts        constants`)
  const [own] = built.keys()
  for (const name of built.keys()) {
    const figures = columns.map((rates) => {
      const rate = rates.get(name)
      return `${(rate / 1e6).toFixed(2).padStart(6)} M/s  ${(rate / rates.get(own)).toFixed(2)}`
    })
    console.log(`  ${name.padEnd(24)} ${figures.map((figure) => figure.padStart(17)).join('  ')}`)
  }
}

/** Texts that nobody has seen before, with values of their own. */
function freshFrom(requests) {
  return Array.from({ length: BATCH }, (_, index) => {
    const [method, route] = requests[index % requests.length]
    return [method, Buffer.from(fill(route, index % 512)).latin1Slice()]
  })
}

/** As the engine has the texts that stand in a program. */
function intern(text) {
  return Object.keys({ [text]: true })[0]
}

function repeat(requests) {
  return Array.from({ length: BATCH }, (_, index) => requests[index % requests.length])
}

/** Every peer finds the same route and the same parameters. */
function check(title, built, requests) {
  for (const [method, path] of freshFrom(requests).slice(0, 100)) {
    let expected
    for (const [name, { match }] of built) {
      const [route, params] = peers[name].read(match(method, path))
      const found = JSON.stringify([
        route.replace(/\*.*/, '*'),
        Object.values(params ?? {})
          .flat()
          .join('/'),
      ])
      expected ??= found
      if (found !== expected) throw new Error(`${title}: ${name} finds ${found} for ${path}, not ${expected}`)
    }
  }
}

function ratesOf(built, createBatch) {
  const runs = new Map([...built].map(([name, { match }]) => [name, createRun(match)]))
  const rates = new Map([...runs.keys()].map((name) => [name, []]))
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [name, run] of runs) {
      const batch = createBatch()
      // Else the collection of the texts of all falls into the time of one, and of the same one in each round.
      globalThis.gc?.({ type: 'minor' })
      const started = performance.now()
      run(batch)
      const rate = (BATCH / (performance.now() - started)) * 1000
      if (round >= 0) rates.get(name).push(rate)
    }
  }
  return new Map([...rates].map(([name, list]) => [name, median(list)]))
}

/** A loop of its own for each peer, so that the engine compiles it for that peer alone. */
function createRun(match) {
  const source = `
    let kept
    return (requests) => {
      for (let i = 0; i < requests.length; i++) {
        const request = requests[i]
        kept = match(request[0], request[1])
      }
      return kept
    }`
  return new Function('match', source)(match)
}
