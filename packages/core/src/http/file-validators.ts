import type { EntityTag } from './etag.ts'
import type { Validators } from './preconditions.ts'

/** What of a file's state its validators are made from, as `stat` gives it; times in milliseconds. */
export interface FileState {
  /** In bytes. */
  readonly size: number
  /** When it was last changed, in milliseconds since 1970, with fractions. */
  readonly mtimeMs: number
}

/** Both validators of a file. */
export interface FileValidators extends Validators {
  /** Made of size and time (RFC 9110 section 8.8.3); weak for a file that was changed a moment ago. */
  readonly etag: EntityTag
  /** In whole seconds, not later than now (RFC 9110 section 8.8.2.1). */
  readonly lastModified: Date
}

/** How long a file must have rested until its tag is strong, in milliseconds. */
export const FILE_REST_MS = 2_000

/**
 * The validators of a file: a tag of its size and its time of modification, as fine as the file system keeps it, and that time in whole
 * seconds, not before 1970 and not later than `now` (RFC 9110 section 8.8.2.1).
 *
 * The tag is strong, so that downloads resume by it, once the file has rested for {@link FILE_REST_MS}: until then it may still be written to,
 * within one tick of a clock that on some file systems steps by 2 s, and the tag is weak. Both forms are equal to `If-None-Match`. What
 * this does not see: a change that keeps size and time, as tools do that set every time alike.
 */
export function fileValidators(state: FileState, now: number = Date.now()): FileValidators {
  const modified = Math.floor(Math.max(0, Math.min(state.mtimeMs, now)) / 1000) * 1000
  return {
    // The fraction of a millisecond is kept; microseconds are as fine as a double holds them.
    etag: {
      value: `${state.size.toString(16)}-${Math.round(state.mtimeMs * 1000).toString(16)}`,
      weak: now - state.mtimeMs < FILE_REST_MS,
    },
    lastModified: new Date(modified),
  }
}
