/** A file got shorter while it was sent: the length that was announced cannot be kept. */
export class FileTruncated extends Error {
  static {
    FileTruncated.prototype.name = 'FileTruncated'
  }
  /** Tells it from other errors. */
  readonly code = 'ERR_STAPEL_FILE_TRUNCATED'

  constructor(missing: number) {
    super(`The file got shorter while it was sent: ${missing} bytes are missing.`)
  }
}
