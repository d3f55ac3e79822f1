/**
 * Compares servers of files over real sockets, interleaved in one run, in fresh processes every round: `node static.js [size …] [--rounds 5] [--seconds 2]
 * [--warm-up 5] [--servers a,b] [--scan]`, after `pnpm build`. Needs nginx.
 *
 * Sizes: 1k, 100k, 10M. Printed are the medians of requests a second and of the processor time that a request took on the server, each with its ratio to
 * nginx; the kernel sends what nginx hands it in time that is nobody's, so that its processor time says less than that of the others. With `--scan`,
 * 10,000 files of 100 kB are asked for once instead, and then a few of them again and again between the others, and the memory is printed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { load, tool } from './load.js'
import { line, summary } from './median.js'
import { check, sizes, writeFiles, writeManyFiles } from './static/files.js'
import { scan } from './static/scan.js'
import { startServer } from './static/start.js'

const all =
  'nginx,nginx-open-file-cache,stapel,memory,sirv,sirv-dev,serve-static,fastify-static,stapel-no-cache'
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    // Until the code is compiled, and files have rested for long enough to be kept in memory.
    'warm-up': { type: 'string', default: '5' },
    servers: { type: 'string', default: all },
    scan: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const directory = mkdtempSync(join(tmpdir(), 'bench-static-'))

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${tool}\n`)
try {
  if (values.scan) {
    writeManyFiles(directory, 10_000, 102_400)
    for (const name of ['stapel', 'stapel-no-cache']) await scan(name, directory, 10_000)
  } else {
    writeFiles(directory)
    for (const size of positionals.length > 0 ? positionals : Object.keys(sizes)) await compare(size)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function compare(size) {
  if (!(size in sizes))
    throw new Error(`There is no size ${size}; there are ${Object.keys(sizes).join(', ')}.`)
  const names = values.servers.split(',')
  const results = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [index] of names.entries()) {
      const name = names[(index + round) % names.length]
      results.get(name).push(await measure(name, size))
    }
  }
  console.log(`${size} (aim: ${sizes[size].aim} of nginx), ${rounds} rounds of ${values.seconds} s`)
  const first = summary(results.get(names[0]))
  for (const [name, rows] of results) {
    console.log(line(name, summary(rows), first, 22))
  }
  console.log()
}

async function measure(name, size) {
  const server = await startServer(name, directory)
  try {
    const url = `${server.url}/${sizes[size].file}`
    await check(url, size)
    await load(url, {}, Number(values['warm-up']))
    const before = await server.cpu()
    const { perSecond, requests } = await load(url, {}, Number(values.seconds))
    return { perSecond, microseconds: ((await server.cpu()) - before) / requests }
  } finally {
    await server.stop()
  }
}
