import { Duplex } from 'node:stream'

/** A connection within this process: what is written to one end is read at the other. */
export interface MemoryConnection {
  /** The client's end. */
  readonly near: Duplex
  /** The server's end, for `server.emit('connection', far)`. */
  readonly far: Duplex
}

/** Connects a client of this machine with a server that listens, as it were, on the host and port of a URL. */
export function connectInMemory({ protocol, hostname, port }: URL): MemoryConnection {
  const near = new MemorySocket()
  const far = new MemorySocket()
  near.peer = far
  far.peer = near
  Object.assign(far, {
    remoteAddress: '127.0.0.1',
    remotePort: CLIENT_PORT,
    localAddress: hostname.replace(/^\[|\]$/g, ''),
    // A port that is the default one of its scheme is not in the URL; the gateway knows it.
    ...(port === '' ? {} : { localPort: Number(port) }),
    ...(protocol === 'https:' ? { encrypted: true } : {}),
  })
  return { near, far }
}

/** The first of the ports that systems give to clients (RFC 6335 section 6). */
const CLIENT_PORT = 49_152

/**
 * A stream with as much of a socket as `node:http` and a gateway ask for. Unlike the ends of `duplexPair` it takes as much as its buffer holds without waiting
 * for a reader, as a kernel does: what was written before an end is destroyed arrives.
 */
class MemorySocket extends Duplex {
  peer: MemorySocket | undefined
  bytesRead = 0
  bytesWritten = 0
  /** Called when the reader has made room. */
  #room: (() => void) | undefined

  override _read(): void {
    const room = this.#room
    this.#room = undefined
    room?.()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.#send([chunk], done)
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: () => void): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    )
  }

  override _final(done: () => void): void {
    this.peer?.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.peer?.push(null)
    done(error)
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else this.end(() => this.destroy())
  }

  /** Nothing of a network is to be set here. */
  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  #send(chunks: readonly Uint8Array[], done: () => void): void {
    const peer = this.peer as MemorySocket
    let room = true
    for (const chunk of chunks) {
      this.bytesWritten += chunk.byteLength
      // Who has left reads nothing, and whoever writes to it learns that by its close.
      if (peer.destroyed) continue
      peer.bytesRead += chunk.byteLength
      room = peer.push(chunk)
    }
    if (room) done()
    else peer.#room = done
  }
}
