import { type Application, type ApplicationWith, BadRequest, isHTTPError } from '@stapel/core'
import { buildUrl, type UrlOptions } from './build-url.ts'
import { type Found, Matcher, NO_PARAMS, type Refusal } from './matcher.ts'
import { NamedRules } from './named-rules.ts'
import { outlineRules } from './outline-rules.ts'
import type { ConvertersOf, ParamsOf } from './params-of.ts'
import { refuse } from './refuse.ts'
import { mountEnviron, setParams } from './routed-environ.ts'
import { Rule } from './rule.ts'
import { checkOptionNames } from './rule-options.ts'

/** Options of a rule. */
export interface RuleOptions<Pattern extends string = string> {
  /** What `url` builds the rule's URLs by; one rule each. */
  name?: string
  /** Converters by parameter: a value that one refuses makes the rule not match. */
  convert?: ConvertersOf<Pattern>
}

/** Options of a rule that is added for any methods. */
export interface AddOptions<Pattern extends string = string> extends RuleOptions<Pattern> {
  /** The methods it answers, in upper case. HEAD comes with GET. @default every method */
  methods?: Iterable<string>
}

/** Adds a rule for one method; {@link Router.add} says what the arguments are. */
export interface Register<Names> {
  <const Pattern extends string>(pattern: Pattern, app: ApplicationWith<ParamsOf<Pattern>>): Router<Names>
  <const Pattern extends string, const Options extends RuleOptions<Pattern>>(
    pattern: Pattern,
    app: ApplicationWith<ParamsOf<Pattern, ConvertOf<Options>>>,
    options: Options,
  ): Router<Names & Named<Pattern, Options>>
}

type ConvertOf<Options> = Options extends { readonly convert: infer Convert } ? Convert : unknown

type Named<Pattern extends string, Options> = Options extends { readonly name: infer Name extends string }
  ? { readonly [N in Name]: ParamsOf<Pattern, ConvertOf<Options>> }
  : unknown

type UrlArguments<Params> =
  Record<never, never> extends Params
    ? [
        params?: [keyof Params] extends [never] ? Readonly<Record<string, never>> : Params,
        options?: UrlOptions,
      ]
    : [params: Params, options?: UrlOptions]

/** What `match` gives: a rule with what it captured, or why there is none. */
export type Match = Found | ({ readonly rule: undefined } & Refusal)

/**
 * Chooses the application that answers by path and method: `router.app` is the application that does it.
 *
 * The most specific rule is taken, whenever it was added: segment by segment, static text goes before text with parameters, that before converted
 * parameters, those before plain ones, those before wildcards, and mounts come last. When no rule takes the request, `app` answers with an HTTPError:
 * 404, 405 with `Allow` when rules for other methods match the path, 400 for a path that is no valid percent-encoding of UTF-8. HEAD is answered by rules
 * for GET, OPTIONS with `Allow` unless a rule takes it.
 *
 * @example
 * ```ts
 * import { int, Router } from '@stapel/routing'
 * import { Request, Response } from '@stapel/wrappers'
 *
 * const router = new Router()
 *   .get('/', Request.application(() => new Response('Hello')))
 *   .get('/users/:id', Request.application((request) => Response.json({ id: request.params.id + 1 })), {
 *     name: 'user',
 *     convert: { id: int({ min: 1 }) },
 *   })
 * router.url('user', { id: 42 }) // '/users/42'
 * ```
 */
export class Router<Names = unknown> {
  readonly #matcher = new Matcher()
  readonly #rules: Rule[] = []
  readonly #named: NamedRules = new NamedRules()

  /**
   * Answers with the rule that matches. What was captured is in `environ['stapel.params']`, over what routers outside captured.
   *
   * Outlines list the rules.
   */
  readonly app: Application = outlineRules(this.#createApp(), this.#rules)

  /** Adds a rule for GET, and HEAD with it. */
  readonly get: Register<Names> = this.#register('GET')
  /** Adds a rule for HEAD alone, which goes before that for GET. */
  readonly head: Register<Names> = this.#register('HEAD')
  /** Adds a rule for POST. */
  readonly post: Register<Names> = this.#register('POST')
  /** Adds a rule for PUT. */
  readonly put: Register<Names> = this.#register('PUT')
  /** Adds a rule for PATCH. */
  readonly patch: Register<Names> = this.#register('PATCH')
  /** Adds a rule for DELETE. */
  readonly delete: Register<Names> = this.#register('DELETE')
  /** Adds a rule for OPTIONS, in place of the answer that lists the methods. */
  readonly options: Register<Names> = this.#register('OPTIONS')

  /**
   * Adds a rule: `pattern` is a path in path-to-regexp's syntax (`/users/:id`, `/files/*path`, `/posts{/:year}`), `app` answers for it.
   *
   * Throws a TypeError for a malformed pattern or option, and for a rule that no request can tell from one that is there.
   */
  add<const P extends string>(pattern: P, app: ApplicationWith<ParamsOf<P>>): Router<Names>
  add<const P extends string, const Options extends AddOptions<P>>(
    pattern: P,
    app: ApplicationWith<ParamsOf<P, ConvertOf<Options>>>,
    options: Options,
  ): Router<Names & Named<P, Options>>
  add(pattern: string, app: Application, options: AddOptions = {}): this {
    checkOptionNames(options, ['name', 'convert', 'methods'], pattern)
    this.#addRule(new Rule({ pattern, app, ...(options as object) }))
    return this
  }

  /**
   * Mounts an application: it answers for the path and all below it that no rule matches. The path moves from `PATH_INFO` to `SCRIPT_NAME`, in a
   * copy of environ; `/` mounts a fallback. The prefix may have parameters.
   */
  mount<const Prefix extends string>(prefix: Prefix, app: ApplicationWith<ParamsOf<Prefix>>): Router<Names>
  mount<const Prefix extends string, const Options extends { convert?: ConvertersOf<Prefix> }>(
    prefix: Prefix,
    app: ApplicationWith<ParamsOf<Prefix, ConvertOf<Options>>>,
    options: Options,
  ): Router<Names>
  mount(prefix: string, app: Application, options: { convert?: object } = {}): this {
    checkOptionNames(options, ['convert'], prefix)
    this.#addRule(new Rule({ pattern: prefix, app, mounted: true, ...(options as object) }))
    return this
  }

  /** The rules in the order in which they were added. */
  [Symbol.iterator](): Iterator<Rule> {
    return this.#rules.values()
  }

  /** The rule for a method and a path, which is percent-encoded in normal form as `PATH_INFO` is. Needs no request, calls no application. */
  match(method: string, path: string): Match {
    const matcher = this.#matcher
    try {
      return matcher.find(path, method) ?? { rule: undefined, ...matcher.refusal(path, method) }
    } catch (error) {
      if (error instanceof BadRequest) return { rule: undefined, status: 400, allow: [] }
      throw error
    }
  }

  /**
   * The URL of a named rule, percent-encoded, from its parameters; it starts below where the router is mounted.
   *
   * Throws a TypeError for an unknown name, for parameters that are missing, unknown or refused by their converter, and for values that would
   * give another path (`..`).
   */
  url<Name extends string & ([keyof Names] extends [never] ? unknown : keyof Names)>(
    name: Name,
    ...[params, options]: Name extends keyof Names
      ? UrlArguments<Names[Name]>
      : [params?: Readonly<Record<string, unknown>>, options?: UrlOptions]
  ): string {
    const source = { rules: this.#named, sortQuery: false, router: this }
    return buildUrl(source, name, params as Readonly<Record<string, unknown>> | undefined, options)
  }

  #register(method: string): Register<Names> {
    const register = (pattern: string, app: Application, options?: RuleOptions): Router<Names> =>
      this.add(pattern, app, { ...options, methods: [method] })
    return register as Register<Names>
  }

  #addRule(rule: Rule): void {
    this.#named.check(rule)
    this.#matcher.add(rule.parsed, rule)
    this.#named.add(rule)
    this.#rules.push(rule)
  }

  #createApp(): Application {
    const matcher = this.#matcher
    return function router(environ, startResponse) {
      let found: Found | undefined
      try {
        found = matcher.find(environ.PATH_INFO, environ.REQUEST_METHOD)
      } catch (error) {
        if (isHTTPError(error)) return error.respond(environ, startResponse)
        throw error
      }
      if (found === undefined)
        return refuse(matcher.refusal(environ.PATH_INFO, environ.REQUEST_METHOD), environ, startResponse)
      const { rule, params, scriptName, pathInfo } = found
      if (scriptName !== '')
        return rule.app(mountEnviron(environ, scriptName, pathInfo, params), startResponse)
      if (params !== NO_PARAMS) setParams(environ, params)
      return rule.app(environ, startResponse)
    }
  }
}
