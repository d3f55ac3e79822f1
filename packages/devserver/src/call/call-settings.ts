/** The settings of `stapel call`, named and meant as those of curl; they come from the command line alone. */
export interface CallSettings {
  /** The method, where the command line names none. */
  readonly request: string | undefined
  /** Header fields: `'Name: value'`; `'Name:'` takes a default one back. */
  readonly header: readonly string[]
  /** The cookies: `'a=1; b=2'`, or a file of them; several are joined. */
  readonly cookie: readonly string[]
  /** The file that all cookies are written to at the end; `'-'` for standard output. */
  readonly cookieJar: string | undefined
  /** The name and the password that are sent as Basic credentials (RFC 7617): `'name:password'`. */
  readonly user: string | undefined
  /** The value of `User-Agent`. */
  readonly userAgent: string | undefined
  /** The part that is asked for, in bytes: `'0-99'`. */
  readonly range: string | undefined
  /** Whether the answer may be compressed, and is printed as it was before. */
  readonly compressed: boolean
  /** Whether redirects within the application are followed. */
  readonly location: boolean
  /** How many of them. */
  readonly maxRedirs: number
  /** The seconds that an answer may take, with all redirects; `undefined` or 0 for no end. */
  readonly maxTime: number | undefined
  /** Whether certificates are not checked: there are none within a process. */
  readonly insecure: boolean
  /** The body: a text, `@file`, or `@-` for standard input; several are joined with `&`. */
  readonly data: readonly string[]
  /** The body as a text that is sent as it is, with an `@` at its start, too. */
  readonly dataRaw: readonly string[]
  /** As `data`, which sends a file as it is, too. */
  readonly dataBinary: readonly string[]
  /** The body as a text that is percent-encoded: `value`, `name=value`, `@file`, `name@file`. */
  readonly dataUrlencode: readonly string[]
  /** Whether what `data` and its kin give is added to the query, with GET. */
  readonly get: boolean
  /** The body as JSON, in the same forms; several are joined. */
  readonly jsonData: readonly string[]
  /** The parts of a form: `name=value`, `name=@file;type=…;filename=…`. */
  readonly form: readonly string[]
  /** Whether status and header fields are printed before the body. */
  readonly include: boolean
  /** Whether the request is HEAD, and the head alone is printed. */
  readonly head: boolean
  /** Whether a status of 400 and above prints no body, and ends with exit code 22. */
  readonly fail: boolean
  /** The same, with the body. */
  readonly failWithBody: boolean
  /** The file that gets what would be printed. */
  readonly output: string | undefined
  /** Whether nothing is printed on standard error. */
  readonly silent: boolean
  /** Whether it is all the same. */
  readonly showError: boolean
  /** What is printed after the answer, as in `'%{http_code}\n'`. */
  readonly writeOut: string | undefined
  /** Has no effect: nothing is held back. */
  readonly buffer: boolean
  /** Whether request and answer are printed with their header fields on standard error. */
  readonly verbose: boolean
}
