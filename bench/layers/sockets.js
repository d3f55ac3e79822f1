import { fork } from 'node:child_process'
import { once } from 'node:events'
import { load } from '../load.js'
import { summary } from '../median.js'

const server = new URL('../server.js', import.meta.url)

/**
 * Compares cases over real sockets: prints for each the medians of requests a second and of the server's processor time for a request, with the
 * ratios to the first. Every round has new processes, in another order.
 */
export async function compareOverSockets(names, rounds) {
  const results = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [index] of names.entries()) {
      const name = names[(index + round) % names.length]
      results.get(name).push(await measure(name))
    }
  }
  const base = summary(results.get(names[0]))
  for (const [name, rows] of results) {
    const { perSecond, microseconds } = summary(rows)
    console.log(
      `${name.padEnd(28)}${perSecond.toFixed(0).padStart(8)} req/s  ${(perSecond / base.perSecond).toFixed(3)}` +
        `   ${microseconds.toFixed(2).padStart(6)} µs/req  ${(base.microseconds / microseconds).toFixed(3)}`,
    )
  }
}

async function measure(name) {
  const child = fork(server, ['layers', name])
  try {
    const [{ port }] = await once(child, 'message')
    const url = `http://127.0.0.1:${port}/`
    // Until the code is compiled.
    await load(url, {}, 4)
    const before = await processorTime(child)
    const { perSecond, requests } = await load(url, {}, 1)
    return { perSecond, microseconds: ((await processorTime(child)) - before) / requests }
  } finally {
    child.kill('SIGKILL')
  }
}

async function processorTime(child) {
  child.send('cpu')
  const [{ cpu }] = await once(child, 'message')
  return cpu
}
