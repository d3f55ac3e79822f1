import { connect, type Socket } from 'node:net'

/** Sends bytes, as they are, to the server of a URL, and gives all that comes back until it closes the connection. */
export function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.setEncoding('latin1').setTimeout(20_000)
    socket.on('data', (data: string) => {
      answer += data
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
    socket.on('timeout', () => socket.destroy(new Error(`There was no end for 20 s after: ${answer}`)))
    socket.write(text, 'latin1')
  })
}

/** A connection whose other side is left in the middle of something. */
export function openRaw(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}
