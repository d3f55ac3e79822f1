/** What `-w` can tell of an answer. */
export interface AnswerFacts {
  readonly method: string
  /** That of the last request. */
  readonly url: URL
  readonly status: number
  readonly contentType: string | undefined
  /** How many bytes of the body were written. */
  readonly size: number
  /** How many redirects were followed. */
  readonly redirects: number
  /** Where the answer leads, when that was not followed. */
  readonly redirectUrl: string | undefined
  /** Milliseconds from the first request to the end of the answer. */
  readonly ms: number
}

/** The text for a format of `-w`: `%{name}` stands for a fact, `%%` for a percent sign, `\n`, `\r` and `\t` for what they are in C. */
export function formatFacts(format: string, facts: AnswerFacts): string {
  return format.replace(
    /%\{(\w+)\}|%%|\\([nrt])/g,
    (whole, name: string | undefined, letter: string | undefined) => {
      if (letter !== undefined) return escapes.get(letter) as string
      return name === undefined ? '%' : (variables.get(name)?.(facts) ?? whole)
    },
  )
}

/** The names in a format that stand for nothing. */
export function unknownFacts(format: string): string[] {
  return [...format.matchAll(/%\{([^}]*)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !variables.has(name))
}

const variables: ReadonlyMap<string, (facts: AnswerFacts) => string> = new Map<
  string,
  (facts: AnswerFacts) => string
>([
  ['content_type', ({ contentType = '' }) => contentType],
  ['http_code', ({ status }) => statusText(status)],
  ['http_version', () => '1.1'],
  ['method', ({ method }) => method],
  ['num_redirects', ({ redirects }) => String(redirects)],
  ['redirect_url', ({ redirectUrl = '' }) => redirectUrl],
  ['response_code', ({ status }) => statusText(status)],
  ['size_download', ({ size }) => String(size)],
  ['time_total', ({ ms }) => (ms / 1000).toFixed(6)],
  ['url_effective', ({ url }) => url.href],
])

/** The names that {@link formatFacts} knows. */
export const FACTS: readonly string[] = [...variables.keys()]

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

function statusText(status: number): string {
  return String(status).padStart(3, '0')
}
