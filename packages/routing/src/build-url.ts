import { BuildError } from './build-error.ts'
import { buildQuery, type QueryInit } from './build-query.ts'
import type { Values } from './choose-alternative.ts'
import { type PlaceOptions, placeUrl } from './external-url.ts'
import type { NamedRules } from './named-rules.ts'
import { describeValue } from './quote.ts'
import { checkOptionNames } from './rule-options.ts'
import { NO_VALUES } from './url-target.ts'

/** Options of `url`. */
export interface UrlOptions extends PlaceOptions {
  /** What follows the question mark. @default nothing */
  query?: QueryInit | undefined
  /** Whether values that are no parameters become part of the query, where they are an error otherwise. @default false */
  appendUnknown?: boolean | undefined
  /** The method that the rule must answer, where rules of one name differ by method. @default 'GET' where one of those that fit answers it, or else any */
  method?: string | undefined
}

/** The router whose URLs are built. */
export interface UrlSource {
  readonly rules: NamedRules
  /** Whether the values of a query are sorted by name. */
  readonly sortQuery: boolean
  /** What the router calls itself in `stapel.mounts`; a snapshot calls itself as its router does. */
  router: object
}

/** The URL of a named rule, percent-encoded. Throws a `BuildError` that names what is missing, unknown, or does not fit. */
export function buildUrl(
  source: UrlSource,
  name: string,
  params: Values = NO_VALUES,
  options?: UrlOptions,
): string {
  if (typeof params !== 'object' || params === null) {
    throw new BuildError(
      `Got ${describeValue(params)} for the parameters of ${describeValue(name)}; expected an object, as in { id: 7 }.`,
    )
  }
  // Most are paths of a rule that is alone with its name.
  const plain = options === undefined ? source.rules.plainPath(name, params) : undefined
  return plain ?? buildAny(source, name, params, options)
}

function buildAny(
  { rules, sortQuery, router }: UrlSource,
  name: string,
  params: Values,
  options: UrlOptions = {},
): string {
  checkOptionNames(options, optionNames, 'a URL')
  const { query, appendUnknown = false, method, ...place } = options
  const target = rules.choose(name, params, appendUnknown, method)
  const path = target.path(params)
  const url = placeUrl({ path, host: target.hostOf(params), websocket: target.rule.websocket }, place, router)
  if (query === undefined && !appendUnknown) return url
  return url + buildQuery(query, appendUnknown ? target.rest(params) : undefined, sortQuery)
}

const optionNames: readonly string[] = [
  'query',
  'appendUnknown',
  'method',
  'external',
  'scheme',
  'host',
  'request',
] satisfies (keyof UrlOptions)[]
