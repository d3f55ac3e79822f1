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
    // The first is kept as it is: most fields and many files are of one piece.
    if (this.#size > bytes.byteLength && bytes.byteLength < SMALL) this.#copy(bytes)
    else {
      this.#endBlock()
      this.#pieces.push(bytes as Buffer<ArrayBuffer>)
    }
  }

  /** All of them in order; none is left. */
  take(): Buffer<ArrayBuffer>[] {
    this.#endBlock()
    const pieces = this.#pieces
    this.#pieces = []
    this.#size = 0
    return pieces
  }

  #copy(bytes: Uint8Array): void {
    if (this.#block !== undefined && this.#used + bytes.byteLength > this.#block.length) this.#endBlock()
    this.#block ??= Buffer.allocUnsafeSlow(BLOCK)
    this.#block.set(bytes, this.#used)
    this.#used += bytes.byteLength
  }

  #endBlock(): void {
    if (this.#used === 0) return
    this.#pieces.push((this.#block as Buffer<ArrayBuffer>).subarray(0, this.#used))
    this.#block = undefined
    this.#used = 0
  }
}

/** Below it a piece is copied; in bytes. */
const SMALL = 1024
const BLOCK = 16_384
