import { HTTPError, type HTTPErrorOptions } from '@stapel/core'

/** What is wrong with a value, and where in it. */
export interface ContentIssue {
  /** A JSON Pointer (RFC 6901): `'/users/0/name'`; `''` for the whole. */
  readonly pointer: string
  /** One sentence for the client. */
  readonly detail: string
}

/** The most issues of an {@link InvalidContent}; the rest is dropped, as a client decides how much is wrong. */
export const ISSUE_LIMIT = 100

/** How an {@link InvalidContent} answers. */
export interface InvalidContentOptions extends HTTPErrorOptions {
  /** 422, as is usual for content that can be read, or 400, as for a query. @default 422 */
  status?: 400 | 422 | undefined
}

/**
 * 422, or 400 as you say: the content of the request, or its query, can be read and is not what the application expects. The issues are shown
 * to the client: the first few in the sentence, all as `errors` of the problem details, as in the example of RFC 9457 section 3.
 *
 * @example
 * ```ts
 * import { InvalidContent } from '@stapel/wrappers'
 *
 * throw new InvalidContent([{ pointer: '/end', detail: 'The end lies before the start.' }])
 * ```
 */
export class InvalidContent extends HTTPError {
  static {
    InvalidContent.prototype.name = 'InvalidContent'
  }
  /** What is wrong; the first {@link ISSUE_LIMIT}, and 500 characters of each text. */
  readonly issues: readonly ContentIssue[]

  /** Takes any number of issues and keeps the first {@link ISSUE_LIMIT}; throws as the constructor of `HTTPError` does, and a RangeError for another status. */
  constructor(issues: readonly ContentIssue[], { status = 422, ...options }: InvalidContentOptions = {}) {
    const errors = issues
      .slice(0, ISSUE_LIMIT)
      .map(({ pointer, detail }) => ({ pointer: shorten(pointer), detail: shorten(detail) }))
    const { problem } = options
    super(checkStatus(status), describeIssues(errors, issues.length), {
      ...options,
      problem: { ...problem, extensions: { ...problem?.extensions, errors } },
    })
    this.issues = errors
  }
}

/** The keys on the way into a value as a JSON Pointer. */
export function jsonPointer(keys: readonly PropertyKey[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The most issues that stand in the sentence. */
const TOLD = 5
const TEXT_LIMIT = 500

/** Throws a RangeError for a status that says something else. */
export function checkStatus(status: number): 400 | 422 {
  if (status === 400 || status === 422) return status
  throw new RangeError(`Got the status ${String(status)} for what is not valid; expected 400 or 422.`)
}

function describeIssues(issues: readonly ContentIssue[], count: number): string {
  if (count === 0) return 'The request is not valid.'
  const told = issues
    .slice(0, TOLD)
    .map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`))
  const more = count > TOLD ? `; and ${count - TOLD} more` : ''
  return `The request is not valid: ${told.join('; ')}${more}`
}

function shorten(text: string): string {
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text
}
