import type { Capture } from './capture.ts'
import type { Converter, Converters } from './converter.ts'
import type { HostPattern } from './host-pattern.ts'
import type { Pattern } from './pattern.ts'
import { describeRule, Rule } from './rule.ts'

/** What a router has around it: a prefix, and perhaps the pattern of a host. */
export interface OuterInit {
  readonly prefix: string
  readonly host?: string | undefined
  readonly convert?: Converters | undefined
}

/** The parameters that a router has from where it is mounted. */
export class OuterParams {
  /** The host and the prefix, for messages. */
  readonly source: string
  /** Those that are always there. */
  readonly captures: readonly Capture[]
  readonly converters: ReadonlyMap<string, Converter<unknown>>
  /** What each of them is, those that may be absent too. */
  readonly kinds: ReadonlyMap<string, string>

  /** Throws a TypeError for what nothing can be mounted at. */
  constructor({ prefix, host, convert }: OuterInit) {
    const expected = { pattern: prefix, host, convert, mounted: true, buildOnly: true }
    const { parsed, parsedHost } = new Rule(expected)
    this.source = `${host ?? ''}${prefix}`
    this.captures = capturedAlways(parsed, parsedHost)
    this.converters = convertersOf(parsed, parsedHost)
    this.kinds = kindsOf(parsed, parsedHost)
  }

  /** Throws a TypeError for a mount, or another rule, that does not give them, nor has them from around its own router. */
  check(mount: Rule, around: OuterParams | undefined): void {
    const given = new Set([
      ...capturedAlways(mount.parsed, mount.parsedHost).map(({ name }) => name),
      ...Object.keys(mount.defaults ?? {}),
      ...(around?.captures ?? []).map(({ name }) => name),
    ])
    for (const { name } of this.captures) {
      if (given.has(name)) continue
      throw new TypeError(
        `Got ${describeRule(mount)}, whose router is made to be below ${this.source}; expected a prefix that always has the parameter ${name}.`,
      )
    }
    const kinds = new Map([...(around?.kinds ?? []), ...kindsOf(mount.parsed, mount.parsedHost)])
    for (const [name, kind] of kinds) {
      const expected = this.kinds.get(name)
      if (expected === undefined || expected === kind) continue
      throw new TypeError(
        `Got ${describeRule(mount)} with ${name} as ${kind}, whose router is made to be below ${this.source} with ${name} as ${expected}; expected the same converter in both.`,
      )
    }
  }
}

/** What is captured however the optional groups are filled. */
function capturedAlways(path: Pattern, host: HostPattern | undefined): Capture[] {
  return [path, ...(host === undefined ? [] : [host])].flatMap(({ alternatives }) => {
    const [first, ...others] = alternatives.map(({ captures }) => captures)
    return (first ?? []).filter(({ name }) =>
      others.every((captures) => captures.some((each) => each.name === name)),
    )
  })
}

function convertersOf(path: Pattern, host: HostPattern | undefined): ReadonlyMap<string, Converter<unknown>> {
  return new Map([...path.converters, ...(host?.converters ?? [])])
}

/** `a text`, `a list`, or the name of the converter. */
function kindsOf(path: Pattern, host: HostPattern | undefined): ReadonlyMap<string, string> {
  const names = [...path.names, ...(host?.names ?? [])]
  const converters = convertersOf(path, host)
  const isList = (name: string): boolean => path.wildcards.has(name) || (host?.wildcards.has(name) ?? false)
  return new Map(
    names.map((name) => [name, converters.get(name)?.name ?? (isList(name) ? 'a list' : 'a text')]),
  )
}
