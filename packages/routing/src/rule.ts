import type { Application } from '@stapel/core'
import { isToken } from '@stapel/core/http'
import { type Capture, type Capturer, createCapturer } from './capture.ts'
import { describeValue } from './converter.ts'
import type { Found } from './matcher.ts'
import type { Pattern } from './pattern.ts'

/** A pattern and the application that answers for it. */
export interface Rule {
  readonly pattern: string
  /** `undefined` when it answers every method. */
  readonly methods: readonly string[] | undefined
  readonly name: string | undefined
  readonly app: Application
  /** Whether the application is mounted: it answers for the paths below the pattern too. */
  readonly mounted: boolean
}

/** A rule, and what one alternative of its pattern captures. */
export class Candidate {
  readonly rule: Rule
  readonly size: number
  /** What is found each time, where the path is one and the same; made when it is first found. */
  found: Found | undefined
  readonly #captures: readonly Capture[]
  #capturer: Capturer | undefined

  constructor(rule: Rule, captures: readonly Capture[]) {
    this.rule = rule
    this.size = captures.length
    this.#captures = captures
  }

  /** Makes the object of captured values; see {@link Capturer}. */
  get capture(): Capturer {
    this.#capturer ??= createCapturer(this.#captures)
    return this.#capturer
  }
}

/** Throws a TypeError for an option that there is not; a misspelt `methods` would open a rule to all of them. */
export function checkOptionNames(options: object, known: readonly string[], pattern: string): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `Got the unknown option ${JSON.stringify(name)} for ${pattern}; there are ${known.join(', ')}.`,
      )
    }
  }
}

/** Checks what a rule is made of; throws a TypeError that shows what is wrong. */
export function createRule(
  pattern: Pattern,
  app: Application,
  options: { methods?: Iterable<string> | undefined; name?: string | undefined; mounted?: boolean },
): Rule {
  if (typeof app !== 'function') {
    throw new TypeError(
      `Got ${describeValue(app)} for ${pattern.source}; expected an application, which is a function.`,
    )
  }
  if (options.name !== undefined && (typeof options.name !== 'string' || options.name === '')) {
    throw new TypeError(
      `Got ${describeValue(options.name)} for the name of ${pattern.source}; expected a text that is not empty.`,
    )
  }
  return {
    pattern: pattern.source,
    methods: options.methods === undefined ? undefined : checkMethods(options.methods, pattern.source),
    name: options.name,
    app,
    mounted: options.mounted ?? false,
  }
}

/** `GET,POST /users/:id`, `* /files/*path` for any method; `mount /admin`. */
export function describeRule(rule: Rule): string {
  if (rule.mounted) return `mount ${rule.pattern}`
  return `${rule.methods?.join(',') ?? '*'} ${rule.pattern}`
}

function checkMethods(methods: Iterable<string>, source: string): string[] {
  if (typeof methods === 'string' || typeof methods?.[Symbol.iterator] !== 'function') {
    throw new TypeError(
      `Got ${describeValue(methods)} for the methods of ${source}; expected a list, as in ['GET', 'POST'].`,
    )
  }
  const list = [...new Set(methods)]
  if (list.length === 0)
    throw new TypeError(`Got no methods for ${source}; leave them out to answer every method.`)
  for (const method of list) {
    if (typeof method !== 'string' || !isToken(method) || method !== method.toUpperCase()) {
      throw new TypeError(
        `Got the method ${describeValue(method)} for ${source}; expected a token in upper case, as in 'GET'.`,
      )
    }
  }
  return list
}
