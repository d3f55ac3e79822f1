/** What went wrong with following redirects. */
export type RedirectErrorCode = 'ERR_REDIRECT_LOOP' | 'ERR_TOO_MANY_REDIRECTS' | 'ERR_REDIRECT_BODY'

/** A client was told to follow redirects and cannot: they loop, are too many, or ask for a body that can be sent only once. */
export class RedirectError extends Error {
  static {
    RedirectError.prototype.name = 'RedirectError'
  }
  /** Which of the three it is. */
  readonly code: RedirectErrorCode
  /** The requests that led here: `'GET http://localhost/login'`. */
  readonly path: readonly string[]

  constructor(code: RedirectErrorCode, problem: string, path: readonly string[]) {
    super(`${problem} The way was ${path.join(' → ')}`)
    this.code = code
    this.path = path
  }
}
