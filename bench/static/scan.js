import { Agent, get } from 'node:http'
import { startServer } from './start.js'

const CONNECTIONS = 16
const HOT = 50

/**
 * Asks for each of the files once, then again with fifty of them in between that are asked for all the time, and prints how much memory the server has.
 */
export async function scan(name, directory, count) {
  const server = await startServer(name, directory)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  try {
    const before = await server.memory()
    let highest = 0
    let looking
    const look = async () => {
      highest = Math.max(highest, (await server.memory()).rss)
      looking = undefined
    }
    const watch = () => {
      looking ??= look()
      return looking
    }
    const once = Array.from({ length: count }, (_, index) => index)
    const started = performance.now()
    await askAll(server.url, agent, once, watch)
    const first = performance.now() - started
    const mixed = once.flatMap((index) => (index % 2 === 0 ? [index, (index / 2) % HOT] : [index]))
    await askAll(server.url, agent, mixed, watch)
    await looking
    const after = await server.memory()
    console.log(
      `${name}: ${count} files of 100 kB once in ${(first / 1000).toFixed(1)} s, then with ${HOT} of them in between\n` +
        `  before ${mebibytes(before)}\n  after  ${mebibytes(after)}\n  most   rss ${(highest / 2 ** 20).toFixed(0)} MiB\n`,
    )
  } finally {
    agent.destroy()
    await server.stop()
  }
}

async function askAll(url, agent, indexes, watch) {
  let next = 0
  const one = async () => {
    while (next < indexes.length) {
      const index = indexes[next++]
      await ask(`${url}/${index}.txt`, agent, index)
      if (next % 500 === 0) await watch()
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, one))
}

function ask(url, agent, index) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      let size = 0
      let begin
      answer.on('data', (chunk) => {
        begin ??= chunk.toString('latin1', 0, Math.min(8, chunk.length))
        size += chunk.length
      })
      answer.on('end', () => {
        if (answer.statusCode === 200 && size === 102_400 && begin.startsWith(`${index}\0`)) resolve()
        else reject(new Error(`${url} answers wrongly: ${answer.statusCode}, ${size} bytes, ${begin}`))
      })
    }).on('error', reject)
  })
}

function mebibytes({ rss, heapUsed, arrayBuffers }) {
  const format = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`
  return `rss ${format(rss)}, heap ${format(heapUsed)}, buffers ${format(arrayBuffers)}`
}
