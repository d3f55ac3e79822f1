import { CommandError } from '../command/command-error.ts'
import { type CallBody, callBody, type Input } from './call-body.ts'
import type { CallSettings } from './call-settings.ts'
import { acceptEncoding } from './decode-body.ts'

/** What the arguments of `stapel call` name. */
export interface CallTarget {
  /** `undefined` where the command line names none. */
  readonly app: string | undefined
  readonly method: string | undefined
  readonly url: string
}

/** What is asked. */
export interface CallRequest {
  readonly method: string
  readonly url: URL
  /** In the order in which they are sent, with the names as they were written. */
  readonly headers: readonly HeaderField[]
  readonly body: Blob | undefined
}

type HeaderField = readonly [name: string, value: string]

/**
 * Takes the arguments apart: an application, a method, and a path or a URL, of which the last alone has to be there. Throws a
 * {@link CommandError} with exit code 2.
 */
export function parseCall(positionals: readonly string[]): CallTarget {
  const rest = [...positionals]
  const path = rest.pop()
  const url = path?.startsWith('/') ? `http://localhost${path}` : path
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    const got = path === undefined ? 'Got no path' : `Got ${JSON.stringify(path)} for the path`
    throw new CommandError(`${got}; expected one that begins with /, as in: stapel call GET /users/1`, 2)
  }
  const method = rest.length > 0 && isMethod(rest.at(-1) as string) ? rest.pop() : undefined
  const [app, ...more] = rest
  if (more.length > 0) {
    throw new CommandError(
      `Got ${JSON.stringify(more.join(' '))} besides ${JSON.stringify(app)}; expected stapel call [module] [METHOD] /path`,
      2,
    )
  }
  return { app, method: method && upperCase(method), url }
}

/** The request that the arguments and the settings describe; throws a {@link CommandError} for a body that cannot be had. */
export async function createCall(
  target: CallTarget,
  settings: CallSettings,
  input: Input,
): Promise<CallRequest> {
  if (settings.get && settings.jsonData.length + settings.form.length > 0)
    throw new CommandError('Got -G with --json or -F; it adds what -d and its kin give to the query.', 2)
  const url = new URL(target.url)
  const given = await callBody(settings, input)
  const body = settings.get ? undefined : given
  if (settings.get && given !== undefined) await addToQuery(url, given)
  return {
    method:
      target.method ?? (settings.request && upperCase(settings.request)) ?? defaultMethod(settings, body),
    url,
    headers: headersOf(url, settings, body),
    body: body?.content,
  }
}

async function addToQuery(url: URL, { content }: CallBody): Promise<void> {
  url.search = [url.search.slice(1), await content.text()].filter((part) => part !== '').join('&')
}

function isMethod(text: string): boolean {
  return /^[A-Z][A-Z-]*$/.test(text) || lowerCaseMethod.test(text)
}

/** Methods are told apart by case (RFC 9110 section 9.1); nobody means another one by `get`. */
function upperCase(method: string): string {
  return lowerCaseMethod.test(method) ? method.toUpperCase() : method
}

const lowerCaseMethod = /^(?:get|head|post|put|patch|delete|options|query)$/

function defaultMethod({ head }: CallSettings, body: CallBody | undefined): string {
  if (head) return 'HEAD'
  return body === undefined ? 'GET' : 'POST'
}

/** Those of the request and its body by themselves, each of which the first field of its name that is given takes the place of. */
function headersOf(
  url: URL,
  { header, cookie, user, userAgent, range, compressed }: CallSettings,
  body: CallBody | undefined,
): HeaderField[] {
  const given = header.map(parseField)
  // Those without = are files.
  const cookies = cookie.filter((one) => one.includes('='))
  const isGiven = (name: string): boolean => given.some((field) => sameName(field.name, name))
  const isJSON = body?.headers.some(([name]) => name === 'Accept') === true
  const defaults: HeaderField[] = [
    ['Host', url.host],
    ...(isJSON ? [] : [['Accept', '*/*'] as const]),
    ...(user === undefined
      ? []
      : [['Authorization', `Basic ${Buffer.from(user).toString('base64')}`] as const]),
    ...(userAgent === undefined || userAgent === '' ? [] : [['User-Agent', userAgent] as const]),
    ...(range === undefined ? [] : [['Range', `bytes=${range}`] as const]),
    ...(compressed ? [['Accept-Encoding', acceptEncoding()] as const] : []),
    ...(cookies.length === 0 ? [] : [['Cookie', cookies.join('; ')] as const]),
    ...(body?.headers ?? []),
    // Whoever chunks a body sends no length of it (RFC 9112 section 6.2).
    ...(body === undefined || isGiven('Transfer-Encoding')
      ? []
      : [['Content-Length', String(body.content.size)] as const]),
  ]
  return [
    ...defaults.filter(([name]) => !isGiven(name)),
    ...given.flatMap(({ name, value }): HeaderField[] => (value === undefined ? [] : [[name, value]])),
  ]
}

/** `'Name: value'`; `'Name;'` is an empty field, and `'Name:'` none: it takes a default back. */
function parseField(field: string): { readonly name: string; readonly value: string | undefined } {
  const end = field.search(/[:;]/)
  const value = field.slice(end + 1).trim()
  return { name: field.slice(0, end), value: value === '' && field[end] === ':' ? undefined : value }
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
