/** Bytes that come piece by piece. Small pieces are copied together: each as an object of its own costs a hundred times a byte. */
export class Pieces {
  #pieces: Buffer<ArrayBuffer>[] = []
  #size = 0
  #block: Buffer<ArrayBuffer> | undefined
  #used = 0

  /** The bytes of all that was added since the last {@link take}. */
  get size(): number {
    return this.#size
  }

  add(bytes: Uint8Array): void {
    this.#size += bytes.byteLength
    if (bytes.byteLength < SMALL) this.#copy(bytes)
    else this.#pieces.push(this.#finishBlock(), bytes as Buffer<ArrayBuffer>)
  }

  /** All of them in order; none is left. */
  take(): Buffer<ArrayBuffer>[] {
    const pieces = this.#pieces
    pieces.push(this.#finishBlock())
    this.#pieces = []
    this.#size = 0
    return pieces.filter((piece) => piece.length > 0)
  }

  #copy(bytes: Uint8Array): void {
    if (this.#block !== undefined && this.#used + bytes.byteLength > this.#block.length) {
      this.#pieces.push(this.#finishBlock())
    }
    this.#block ??= Buffer.allocUnsafeSlow(BLOCK)
    this.#block.set(bytes, this.#used)
    this.#used += bytes.byteLength
  }

  #finishBlock(): Buffer<ArrayBuffer> {
    const block = this.#block?.subarray(0, this.#used) ?? none
    this.#block = undefined
    this.#used = 0
    return block
  }
}

/** Below it a piece is copied; in bytes. */
const SMALL = 1024
const BLOCK = 16_384
const none: Buffer<ArrayBuffer> = Buffer.alloc(0)
