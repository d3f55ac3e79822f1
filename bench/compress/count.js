/**
 * One server that is asked so many times by its own process and then ends: `node compress/count.js <server> <requests> [coding]`. Run under a counter of
 * instructions with two numbers of requests, their difference is what requests cost, with the client's part the same for all:
 * `valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null node --single-threaded compress/count.js bare 2000`.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { servers } from './servers.js'

const [name, requests, coding = 'gzip'] = process.argv.slice(2)
const port = await new Promise((resolve) => servers[name]().listen(resolve))
const socket = connect(port, '127.0.0.1')
await once(socket, 'connect')
const request = `GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${coding}\r\n\r\n`
let left = Number(requests)
let missing = 0
let head = ''
socket.on('data', (chunk) => {
  let body = chunk
  if (missing === 0) {
    head += chunk.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    missing = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN)
    if (!(missing > 0)) throw new Error(`Got no length to read by: ${head.slice(0, end)}`)
    body = chunk.subarray(chunk.length - (head.length - end - 4))
    head = ''
  }
  missing -= body.length
  if (missing > 0) return
  if (--left === 0) process.exit()
  socket.write(request)
})
socket.write(request)
