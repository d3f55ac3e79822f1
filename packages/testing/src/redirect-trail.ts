import { RedirectError } from './redirect-error.ts'

/** The way that a request took through redirects, watched for its end. */
export class RedirectTrail {
  readonly #limit: number
  readonly #steps: string[] = []
  readonly #seen = new Set<string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Another request on the way; throws a {@link RedirectError} when it was made before, or the redirects are too many. With other cookies the
   * same URL may answer otherwise, and is no loop.
   */
  add(method: string, url: URL, cookies: string | undefined): void {
    this.#steps.push(`${method} ${url.href}`)
    const key = JSON.stringify([method, url.origin, url.pathname, url.search, cookies])
    if (this.#seen.has(key)) {
      throw new RedirectError('ERR_REDIRECT_LOOP', 'The redirects lead in a circle.', this.#steps)
    }
    this.#seen.add(key)
    if (this.#steps.length > this.#limit + 1) {
      throw new RedirectError(
        'ERR_TOO_MANY_REDIRECTS',
        `There are more than ${this.#limit} redirects.`,
        this.#steps,
      )
    }
  }

  /** The error of a redirect that asks for a body which was an iterable and has been read. */
  bodyIsGone(status: number): RedirectError {
    return new RedirectError(
      'ERR_REDIRECT_BODY',
      `The redirect ${status} asks for the body again, which could be read only once; give it as bytes or text.`,
      this.#steps,
    )
  }
}
