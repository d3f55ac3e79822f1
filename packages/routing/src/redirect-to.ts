import {
  type ApplicationWith,
  type Body,
  type Environ,
  isHTTPError,
  NotFound,
  type StartResponse,
} from '@stapel/core'
import { normalizePath } from '@stapel/core/http'
import { answerRedirect, isRedirectStatus, type RedirectStatus } from './answer-redirect.ts'
import { BuildError } from './build-error.ts'
import { chooseAlternative, type Values } from './choose-alternative.ts'
import type { Mounts } from './external-url.ts'
import type { OuterParams } from './outer-params.ts'
import type { ParamsOf } from './params-of.ts'
import { PathBuilder } from './path-builder.ts'
import { type Pattern, parsePattern } from './pattern.ts'
import { describeValue } from './quote.ts'
import { noteBinding, type RedirectingRule } from './redirect-binding.ts'
import { encodeRest, localPath, parseTarget, type RedirectTarget } from './redirect-target.ts'
import type { Rule } from './rule.ts'

/** Options of {@link redirectTo}. */
export interface RedirectToOptions {
  /** 301 and 302 let clients turn POST into GET, 303 makes them do so. @default 308 */
  status?: RedirectStatus | undefined
}

/**
 * An application that redirects: to a pattern that is filled with what the rule captured, or to what a function makes of it.
 *
 * A path begins where the router is mounted, and stays on the host; a URL that starts with `http://` or `https://` leads to another one.
 * The query of the request is kept, unless the target has its own. A value that the target cannot hold is answered 404.
 *
 * Throws a TypeError for a target that is malformed, and, when the rule is added, for one whose parameters the rule does not capture. Behind a
 * layer of its own that is told by the first request.
 *
 * @example
 * ```ts
 * import { redirectTo, Router } from '@stapel/routing'
 *
 * const router = new Router()
 *   .get('/old/:id', redirectTo('/new/:id'))
 *   .get('/blog/:year/:slug', redirectTo((params) => `/archive/${params.year}#${params.slug}`, { status: 301 }))
 *   .get('/docs{/*page}', redirectTo('https://docs.example.org{/*page}'))
 *   .mount('/v1', redirectTo((_params, environ) => `/v2${environ.PATH_INFO}`)) // all that is below
 * ```
 */
export function redirectTo<const Target extends string>(
  target: Target,
  options?: RedirectToOptions,
): ApplicationWith<ParamsFor<Target>>
export function redirectTo<Params = Readonly<Record<string, unknown>>>(
  target: (params: Params, environ: Environ) => string,
  options?: RedirectToOptions,
): ApplicationWith<Params>
export function redirectTo(
  target: string | ((params: never, environ: Environ) => string),
  options: RedirectToOptions = {},
): ApplicationWith<never> {
  const status = checkOptions(options)
  if (typeof target === 'function') {
    const locate: Locate = (params, environ) => parseTarget(target(params as never, environ))
    return noteBinding(createRedirect(locate, status), (rule) => createRedirect(locate, status, rule))
  }
  const { pattern, ...rest } = parseTargetPattern(target)
  const fill = locateIn(new PathBuilder(pattern, { matched: false }), rest)
  const redirect = createRedirect((params, environ) => {
    checkGiven(pattern, params)
    return fill(textsOf(params), environ)
  }, status)
  return noteBinding(redirect, (rule, outer) => {
    const bound = parsePattern(pattern.source, convertersFor(pattern, rule, outer))
    checkCaptured(bound, rule, outer)
    return createRedirect(locateIn(new PathBuilder(bound, { matched: false }), rest), status, rule)
  })
}

/** What the parameters of a target must be captured by. */
type ParamsFor<Target extends string> = {
  readonly [Name in keyof ParamsOf<PathOf<Target>>]: unknown
}

/** What of a target is a pattern. */
type PathOf<Target extends string> = Target extends `http${string}://${infer Rest}`
  ? Rest extends `${infer Host}/${infer Path}`
    ? WithoutQuery<Host extends `${string}{` ? `{/${Path}` : `/${Path}`>
    : ''
  : WithoutQuery<Target>

type WithoutQuery<Target extends string> = Target extends `${infer Path}?${string}`
  ? WithoutFragment<Path>
  : WithoutFragment<Target>
type WithoutFragment<Target extends string> = Target extends `${infer Path}#${string}` ? Path : Target

type Locate = (params: Values, environ: Environ) => RedirectTarget

function checkOptions(options: RedirectToOptions): RedirectStatus {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `Got ${describeValue(options)} for the options of redirectTo(); expected an object, as in { status: 302 }.`,
    )
  }
  const { status = 308, ...unknown } = options
  const [name] = Object.keys(unknown)
  if (name !== undefined) {
    throw new TypeError(`Got the unknown option ${JSON.stringify(name)} for redirectTo(); there is status.`)
  }
  if (isRedirectStatus(status)) return status
  throw new RangeError(
    `Got ${describeValue(status)} for the status of redirectTo(); expected 301, 302, 303, 307 or 308.`,
  )
}

function parseTargetPattern(target: string): Omit<RedirectTarget, 'path'> & { readonly pattern: Pattern } {
  const { path, ...rest } = parseTarget(target, true)
  const pattern = parsePattern(path)
  const parameter = /[:*][\p{ID_Start}_$"]|[{}]/u.exec(target.slice(rest.origin.length + path.length))
  if (parameter === null) return { ...rest, pattern }
  throw new TypeError(
    `Got ${JSON.stringify(target)} for the target of a redirect, whose query or fragment is no pattern; build it with a function, or percent-encode ${JSON.stringify(parameter[0].charAt(0))} if it is meant.`,
  )
}

/** The converters of the rule and around it, for the parameters that the target has too. */
function convertersFor(
  { names, wildcards }: Pattern,
  { parsed, parsedHost }: RedirectingRule,
  outer: OuterParams | undefined,
): Record<string, never> {
  const isOwn = (name: string): boolean => parsed.names.has(name) || (parsedHost?.names.has(name) ?? false)
  const inherited = [...(outer?.converters ?? [])].filter(([name]) => !isOwn(name))
  const converters = [...inherited, ...parsed.converters, ...(parsedHost?.converters ?? [])]
  return Object.fromEntries(converters.filter(([name]) => names.has(name) && !wildcards.has(name))) as Record<
    string,
    never
  >
}

/** Every way to match the rule must fill the target. */
function checkCaptured(
  target: Pattern,
  { pattern, parsed, parsedHost, defaults = {} }: RedirectingRule,
  outer: OuterParams | undefined,
): void {
  const hosts = parsedHost?.alternatives ?? [{ captures: [] }]
  for (const { captures } of parsed.alternatives) {
    for (const host of hosts) {
      const own = [...captures, ...host.captures]
      const inherited = (outer?.captures ?? []).filter(({ name }) => !own.some((each) => each.name === name))
      const captured = [...inherited, ...own]
      const given = Object.fromEntries(captured.map(({ name, kind }) => [name, kind]))
      const { alternative, missing } = chooseAlternative(target, { ...defaults, ...given }, undefined)
      if (alternative === undefined) {
        throw new TypeError(
          `Got the redirect to ${target.source} for ${pattern}, which does not always capture ${(missing ?? [...target.names]).join(', ')}; a part that may be absent stands in braces in both.`,
        )
      }
      const other = captured.find(
        ({ name, kind }) => target.names.has(name) && target.wildcards.has(name) !== (kind === 'list'),
      )
      if (other !== undefined) {
        throw new TypeError(
          `Got the redirect to ${target.source} for ${pattern}, where ${other.name} is a ${other.kind === 'list' ? 'wildcard' : 'parameter'} in one and not in the other.`,
        )
      }
    }
  }
}

/** Where no rule was there to check it, a request tells that nothing captures what the target needs. */
function checkGiven(target: Pattern, params: Values): void {
  const { missing } = chooseAlternative(target, params, undefined)
  if (missing === undefined) return
  throw new TypeError(
    `Got no value of ${missing.join(', ')} for the redirect to ${target.source}; no rule captures it.`,
  )
}

function locateIn(builder: PathBuilder, rest: Omit<RedirectTarget, 'path'>): Locate {
  return (params) => {
    try {
      return { ...rest, path: builder.build(params, undefined) }
    } catch (error) {
      // What was captured is the client's: `..`, which no URL keeps, is there where a rule has it beside text.
      throw error instanceof BuildError ? new NotFound(undefined, { cause: error }) : error
    }
  }
}

/** Where no rule says how values are written: numbers and the like as they print. */
function textsOf(params: Values): Values {
  const texts = Object.entries(params).map(([name, value]) => {
    const prints = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    return [name, prints ? String(value) : value]
  })
  return Object.fromEntries(texts)
}

function createRedirect(locate: Locate, status: RedirectStatus, rule?: RedirectingRule): Rule['app'] {
  return function redirect(environ: Environ, startResponse: StartResponse): Body {
    let location: string
    try {
      location = join(locate(environ['stapel.params'] ?? {}, environ), environ, rule?.mounted ?? false)
    } catch (error) {
      if (isHTTPError(error)) return error.respond(environ, startResponse)
      throw error
    }
    return answerRedirect(location, status, startResponse)
  }
}

/** The value of `Location`. */
function join(
  { origin, path, query, fragment }: RedirectTarget,
  environ: Environ,
  isMounted: boolean,
): string {
  // A redirect that is mounted stands for the path that has moved to SCRIPT_NAME.
  const mounts = isMounted ? (environ['stapel.mounts'] as Mounts | undefined) : undefined
  // By itself first, so that it cannot climb above the mount.
  const normal = origin === '' ? localPath(path) : normalizePath(path)
  const place =
    origin === '' && normal !== undefined
      ? localPath((mounts?.scriptName ?? environ.SCRIPT_NAME) + normal)
      : normal
  if (place === undefined) throw new NotFound()
  const asked = environ.QUERY_STRING === '' ? '' : `?${encodeRest(environ.QUERY_STRING)}`
  return `${origin}${place}${query ?? asked}${fragment}`
}
