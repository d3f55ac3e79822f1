/**
 * Lets the buffers of a long body be collected sooner.
 *
 * What a socket gives lies outside of V8's heap, and as long as little else is allocated, V8 lets buffers pile up that nobody needs any
 * more: 34 MiB in Node 20, 64 MiB in Node 26 while 1 GiB is uploaded. Objects on the heap, half as large as the buffers and thrown away
 * at once, bring its next collection forward: 9 and 12 MiB remain, for one to two microseconds of each 64 KiB.
 */
export class Ballast {
  #objects: readonly number[] = []
  #seen = 0

  /** A buffer of so many bytes was read. */
  add(bytes: number): void {
    this.#seen += bytes
    if (this.#seen < LONG) return
    this.#objects = new Array(Math.min(bytes, LONG) >> 4).fill(this.#objects.length)
  }
}

/** Below it a body is too short to matter; in bytes. */
const LONG = 1_048_576
