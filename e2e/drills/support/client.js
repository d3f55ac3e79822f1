import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'

/** An open connection; errors after that are only seen as its end. */
export async function open(target, options = {}) {
  const socket = connect({ port: target.port, host: '127.0.0.1', ...options })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Sends bytes on a connection of its own and gives all that comes until it is closed, at most `milliseconds` long. */
export async function exchange(target, bytes, { milliseconds = 10_000 } = {}) {
  const socket = await open(target)
  socket.write(bytes)
  return received(socket, milliseconds)
}

/** What still comes on a connection until it ends, as latin-1; `'(open)'` is added when it is still open after the time. */
export function received(socket, milliseconds = 10_000) {
  return new Promise((resolve) => {
    let text = ''
    const timer = setTimeout(() => finish('(open)'), milliseconds)
    const finish = (mark) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(text + mark)
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('end', () => finish(''))
    socket.on('close', () => finish(''))
  })
}

/** Settles when what came on a connection satisfies a pattern; rejects when it closes before. */
export function until(socket, pattern) {
  return new Promise((resolve, reject) => {
    let text = ''
    const onData = (chunk) => {
      text += chunk.toString('latin1')
      if (!pattern.test(text)) return
      socket.off('data', onData)
      socket.off('close', onClose)
      resolve(text)
    }
    const onClose = () =>
      reject(new Error(`The connection closed before ${pattern}; got ${JSON.stringify(text.slice(0, 200))}`))
    socket.on('data', onData)
    socket.once('close', onClose)
  })
}

/** A request through Node's client: `{ status, headers, body, milliseconds }`; `body` is its length when `count` is set. */
export function get(target, path = '/', { agent, method = 'GET', headers, body, count = false } = {}) {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const req = request(`${target.url}${path}`, { agent: agent ?? false, method, headers })
    req.on('error', reject)
    req.on('response', (res) => {
      const chunks = []
      let length = 0
      res.on('data', (chunk) => {
        length += chunk.length
        if (!count) chunks.push(chunk)
      })
      res.on('error', reject)
      res.on('end', () =>
        resolve({
          status: res.statusCode,
          headers: res.headers,
          body: count ? length : Buffer.concat(chunks).toString('latin1'),
          milliseconds: performance.now() - start,
        }),
      )
    })
    req.end(body)
  })
}

/** An agent with so many keep-alive connections. */
export function keepAlive(connections) {
  return new Agent({ keepAlive: true, maxSockets: connections })
}

/** Runs `task(index)` for each index below `total`, so many at a time; gives the results in order. */
export async function inParallel(total, atOnce, task) {
  const results = new Array(total)
  let next = 0
  const worker = async () => {
    while (next < total) {
      const index = next++
      results[index] = await task(index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, total) }, worker))
  return results
}

/** The value that `fraction` of the numbers do not exceed. */
export function percentile(numbers, fraction) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN
}
