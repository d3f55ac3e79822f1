/**
 * Lets the buffers of bodies be collected sooner.
 *
 * What a socket gives, and what a `File` in memory holds, lies outside of V8's heap. As long as little else is allocated, V8 lets buffers pile up
 * that nobody needs any more, and then marks the whole heap to find them: 34 MiB in Node 20, 64 MiB in Node 26 while 1 GiB is uploaded, and a full
 * collection for each dozen of forms with 1 MB of files. Objects on the heap, half as large as the buffers and thrown away at once, bring the next
 * scavenge forward, which frees them for a tenth of that: 9 and 12 MiB remain, for a microsecond of each 64 KiB.
 */
export class Ballast {
  /** What was made last; kept, so that nobody finds it superfluous. */
  object: readonly unknown[] = []
  #seen = 0

  /** Buffers of so many bytes were read. */
  add(bytes: number): void {
    this.#seen += bytes
    if (this.#seen < STEP) return
    // Left unfilled: that takes a third of the time, and as much of the heap.
    this.object = new Array(Math.min(this.#seen, MOST) >> 4)
    this.#seen = 0
  }
}

/** That of all forms of the process: what many short ones leave weighs as much as what one long one does. */
export const ballast: Ballast = new Ballast()

/** After so many bytes an object is made; as many as a socket gives at once. */
const STEP = 65_536
/** For more bytes at once than these an object does not grow. */
const MOST = 1_048_576
