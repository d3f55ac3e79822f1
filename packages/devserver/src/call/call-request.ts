import { CommandError } from '../command/command-error.ts'
import { type CallBody, callBody, type Input } from './call-body.ts'
import type { CallSettings } from './call-settings.ts'

/** What the arguments of `stapel call` name. */
export interface CallTarget {
  /** `undefined` where the command line names none. */
  readonly app: string | undefined
  readonly method: string | undefined
  readonly url: string
}

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
  const method = rest.length > 0 && isMethod(rest.at(-1) as string) ? rest.pop()?.toUpperCase() : undefined
  const [app, ...more] = rest
  if (more.length > 0) {
    throw new CommandError(
      `Got ${JSON.stringify(more.join(' '))} besides ${JSON.stringify(app)}; expected stapel call [module] [METHOD] /path`,
      2,
    )
  }
  return { app, method, url }
}

/** The request that the arguments and the settings describe; throws a {@link CommandError} with exit code 2 for one that fetch does not know. */
export async function createCall(
  { method, url }: CallTarget,
  settings: CallSettings,
  input: Input,
): Promise<Request> {
  const body = await callBody(settings, input)
  const chosen = method ?? settings.request ?? defaultMethod(settings, body)
  try {
    const headers = headersOf(settings, body)
    return new Request(hostedAt(url, headers), {
      method: chosen,
      headers,
      body: body?.content ?? null,
    })
  } catch (cause) {
    throw new CommandError(`${chosen} ${url} cannot be asked: ${(cause as Error).message}`, 2, { cause })
  }
}

function isMethod(text: string): boolean {
  return /^(?:[A-Z][A-Z-]*|get|head|post|put|patch|delete|options|query)$/.test(text)
}

function defaultMethod({ head }: CallSettings, body: CallBody | undefined): string {
  if (head) return 'HEAD'
  return body === undefined ? 'GET' : 'POST'
}

/** The URL with the host of the header, which a gateway of fetch has from there alone. */
function hostedAt(url: string, headers: Headers): string {
  const host = headers.get('host')
  return host === null ? url : url.replace(/^([a-z]+:\/\/)[^/?#]*/i, (_all, scheme) => `${scheme}${host}`)
}

function headersOf({ header }: CallSettings, body: CallBody | undefined): Headers {
  const headers = new Headers([['Accept', '*/*']])
  for (const [name, value] of body?.headers ?? []) headers.set(name, value)
  if (body !== undefined) headers.set('Content-Length', String(body.content.size))
  const given = new Set<string>()
  for (const field of header) {
    const end = field.search(/[:;]/)
    const name = field.slice(0, end).toLowerCase()
    const value = field.slice(end + 1).trim()
    // The first one of a name takes the place of a default.
    if (!given.has(name)) headers.delete(name)
    given.add(name)
    if (value !== '' || field[end] === ';') headers.append(name, value)
  }
  return headers
}
