/** The number of bytes that a `Content-Length` says; `undefined` for anything but one plain number of at most 15 digits (RFC 9110 section 8.6). */
export function parseContentLength(header: string): number | undefined {
  return /^[0-9]{1,15}$/.test(header) ? Number(header) : undefined
}

/** The value of a `Content-Length`. Throws a RangeError for anything but an integer of bytes from 0 to `Number.MAX_SAFE_INTEGER`. */
export function formatContentLength(size: number): string {
  if (Number.isSafeInteger(size) && size >= 0) return String(size)
  throw new RangeError(`Got ${String(size)} for Content-Length; expected a number of bytes.`)
}
