/**
 * The processor time of one request without the operating system: `node in-memory.js <peer> [scenario] [requests]`.
 *
 * Requests come over a stream in memory, so that system calls, most of the time of a real request, do not hide what a change gained. For
 * servers that give a `node:http` server: bare and stapel, and `layers` with a case of `layers/cases.js`. Run each several times and compare the smallest.
 */
import { createServer } from 'node:http'
import { Duplex } from 'node:stream'
import { scenarios } from './scenarios.js'

const [peer = 'stapel', name = 'hello', requests = '200000'] = process.argv.slice(2)
const { path, method = 'GET', headers = {}, body = '' } = scenarios[name] ?? scenarios.hello
const rounds = Number(requests)
const warmUp = Math.floor(rounds * 0.3)

const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) }
const lines = Object.entries({ host: '127.0.0.1', ...headers, ...length }).map(
  ([key, value]) => `${key}: ${value}\r\n`,
)
const request = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)

const created = (await import(`./servers/${peer}.js`)).create(name)
const server = peer === 'bare' ? createServer(created.listeners('request')[0]) : await listening(created)
let answered = 0
let started = 0n

const connection = new Duplex({
  read() {},
  write(_chunk, _encoding, done) {
    done()
    next()
  },
  writev(_chunks, done) {
    done()
    next()
  },
})
Object.assign(connection, {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 2,
})
for (const method of ['setTimeout', 'setKeepAlive', 'setNoDelay']) connection[method] = () => connection
connection.destroySoon = () => connection.destroy()

server.emit('connection', connection)
connection.push(request)

function next() {
  answered++
  if (answered === warmUp) started = process.hrtime.bigint()
  if (answered < rounds) {
    setImmediate(() => connection.push(request))
    return
  }
  const microseconds = Number(process.hrtime.bigint() - started) / 1000 / (rounds - warmUp)
  console.log(`${peer} ${name}, Node ${process.version}: ${microseconds.toFixed(2)} µs a request`)
  process.exit()
}

function listening(created) {
  return new Promise((resolve) => created.listen((_port, server) => resolve(server)))
}
