import type { EntityTag, Validators } from '@stapel/core/http'

/** What of a file's state its validators are made from; times in milliseconds. */
export interface FileState {
  readonly size: number
  readonly mtimeMs: number
}

/** How long a file must have rested until its tag is strong, in milliseconds. */
export const REST_MS = 2_000

/**
 * The validators of a file: a tag of its size and its time of modification, and that time in whole seconds, not before 1970 and not later than
 * `now` (RFC 9110 section 8.8.2.1).
 *
 * The tag is strong, so that downloads resume by it, once the file has rested for {@link REST_MS}: until then it may still be written to
 * within one tick of its file system's clock. A change that keeps size and time is not seen.
 */
export function fileValidators(
  state: FileState,
  now: number,
): Validators & { readonly etag: EntityTag; readonly lastModified: Date } {
  return {
    // Microseconds are as fine as a double holds them.
    etag: {
      value: `${state.size.toString(16)}-${Math.round(state.mtimeMs * 1000).toString(16)}`,
      weak: now - state.mtimeMs < REST_MS,
    },
    lastModified: new Date(Math.floor(Math.max(0, Math.min(state.mtimeMs, now)) / 1000) * 1000),
  }
}
