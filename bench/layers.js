/**
 * What a layer costs: each middleware around an application that says hello, in memory and without a gateway, or with `--sockets` behind it:
 * `node layers.js [case …] [--rounds 150] [--instructions] [--sockets]`, after `pnpm build`.
 *
 * Each case has a process of its own, so that none is slowed by code that was compiled for others; they take turns, and of all rounds the fastest counts. Printed
 * are nanoseconds of the processor and bytes of memory a request beyond those of the first case. With `--instructions`, instructions are counted by valgrind as well (the
 * difference of two runs), which other work on the machine does not disturb.
 */
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { cases } from './layers/cases.js'
import { compareOverSockets } from './layers/sockets.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '150' },
    instructions: { type: 'boolean', default: false },
    sockets: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
// No collection of garbage while memory is measured.
const execArgv = ['--expose-gc', '--max-semi-space-size=64', '--min-semi-space-size=64']
const child = fileURLToPath(new URL('./layers/child.js', import.meta.url))
const [first] = Object.keys(cases)
const names = [
  first,
  ...(positionals.length > 0 ? positionals : Object.keys(cases)).filter((name) => name !== first),
]
for (const name of names) {
  if (!(name in cases))
    throw new Error(`There is no case ${name}; there are ${Object.keys(cases).join(', ')}.`)
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${rounds} rounds\n`)
if (values.sockets) await compareOverSockets(names, rounds)
else print(await measure(), values.instructions ? await countAll() : new Map())

/** Nanoseconds and bytes of each case. */
async function measure() {
  const running = new Map(names.map((name) => [name, fork(child, [name], { execArgv })]))
  const best = new Map(names.map((name) => [name, Number.POSITIVE_INFINITY]))
  const bytes = new Map()
  try {
    // Until the code is compiled.
    for (const process of running.values()) await ask(process, { requests: 30_000 })
    for (let round = 0; round < rounds; round++) {
      for (const [name, process] of running) {
        const { nanoseconds } = await ask(process, { requests: 1000 })
        best.set(name, Math.min(best.get(name), nanoseconds))
      }
    }
    for (const [name, process] of running)
      bytes.set(name, (await ask(process, { requests: 2000, heap: true })).bytes)
  } finally {
    for (const process of running.values()) if (process.connected) process.disconnect()
  }
  return new Map(names.map((name) => [name, { nanoseconds: best.get(name), bytes: bytes.get(name) }]))
}

async function ask(process, message) {
  process.send(message)
  const [answer] = await once(process, 'message')
  return answer
}

/** Instructions a request of each case, two at a time. */
async function countAll() {
  const counted = new Map()
  const waiting = [...names]
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      counted.set(name, (await count(name, 60_000)) - (await count(name, 30_000)))
    }
  }
  await Promise.all([work(), work()])
  return new Map([...counted].map(([name, instructions]) => [name, instructions / 30_000]))
}

async function count(name, requests) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const options = ['--tool=cachegrind', '--cache-sim=no', `--cachegrind-out-file=${join(folder, 'out')}`]
  try {
    const { stderr } = await promisify(execFile)('valgrind', [
      ...options,
      process.execPath,
      '--single-threaded',
      child,
      name,
      String(requests),
    ])
    return Number(/I\s+refs:\s+([\d,]+)/.exec(stderr)[1].replaceAll(',', ''))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function print(measured, instructions) {
  const base = measured.get(first)
  const counted = instructions.get(first)
  console.log(`${''.padEnd(28)}      ns   bytes${counted === undefined ? '' : '   instructions'}`)
  for (const [name, { nanoseconds, bytes }] of measured) {
    const own = name === first
    const ns = own ? nanoseconds : nanoseconds - base.nanoseconds
    const memory = own ? bytes : bytes - base.bytes
    const column =
      counted === undefined ? '' : (instructions.get(name) - (own ? 0 : counted)).toFixed(0).padStart(15)
    console.log(`${name.padEnd(28)}${ns.toFixed(0).padStart(8)}${memory.toFixed(0).padStart(8)}${column}`)
  }
}
