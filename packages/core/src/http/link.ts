/**
 * `Link`: how this resource relates to others (RFC 8288), as for pages of a list, or what to load early.
 *
 * The threat: a target from elsewhere that holds a `>` ends itself and adds parameters or links. It is refused when a link is written. A list
 * is read in a single pass that stops after {@link LINK_LIMIT} links. What is not stopped: a target may lead anywhere, `javascript:` included.
 *
 * @module
 */
import { extendedParameters, extendedValueOf } from './extended-value.ts'
import { isToken } from './field.ts'
import { joinMembers } from './join-members.ts'
import { firstValueOf, PARAMETER_LIMIT, type Parameter } from './parameters.ts'
import { COMMA, endOfMember, type Piece, QUOTE, readQuoted, SEMICOLON, skipSpace } from './scan.ts'
import { formatWord, quote } from './word.ts'

/** A link of this resource to another. */
export interface Link {
  /** A URL or a part of one, to be resolved against that of this resource; `''` is this resource. */
  readonly target: string
  /** What the target is to this resource, in lower case: `['next']`. */
  readonly rel: readonly string[]
  /** What the target is called. */
  readonly title?: string | undefined
  /** A URL that the link begins at instead of this resource. */
  readonly anchor?: string | undefined
  /** Others, names in lower case: `type`, `media`, `hreflang`, `as`, `crossorigin`; `''` for one without a value. */
  readonly parameters?: readonly Parameter[] | undefined
}

/** The most links that are read of one header; the rest is ignored. */
export const LINK_LIMIT = 256

/**
 * The links of a `Link` in their order. One without a relation, with a target that is no URL, or otherwise malformed is left out. Of repeats of
 * `rel`, `title` and `anchor` the first counts; `title*` comes before `title`.
 *
 * @example
 * ```ts
 * import { parseLinks } from '@stapel/core/http'
 *
 * parseLinks('</users?page=3>; rel="next"').find(({ rel }) => rel.includes('next'))?.target // '/users?page=3'
 * ```
 */
export function parseLinks(header: string): Link[] {
  const links: Link[] = []
  for (let at = 0; at < header.length && links.length < LINK_LIMIT; ) {
    at = skipSpace(header, at)
    const opened = header.charCodeAt(at) === LESS
    const close = opened ? header.indexOf('>', at) : at
    // Without any '>' there is no link any more, and looking for one at each '<' would take the square of the time.
    if (close === -1) break
    const parameters: Parameter[] = []
    const end = opened ? readParameters(header, close + 1, parameters) : undefined
    const link = end === undefined ? undefined : toLink(header.slice(at + 1, close), parameters)
    if (link !== undefined) links.push(link)
    at = (end ?? endOfMember(header, close, COMMA)) + 1
  }
  return links
}

/**
 * The links as a header. Throws a RangeError for a target that is no URL in ASCII, for no relation, and for what no header can hold.
 *
 * @example
 * ```ts
 * import { formatLinks } from '@stapel/core/http'
 *
 * formatLinks([{ target: '/style.css', rel: ['preload'], parameters: [['as', 'style']] }]) // '</style.css>; rel=preload; as=style'
 * ```
 */
export function formatLinks(links: Iterable<Link>): string {
  return joinMembers(links, formatLink)
}

const LESS = 0x3c
const EQUALS = 0x3d
// RFC 3986, and what browsers leave as it is; no '<', '>' and spaces.
const reference = /^[\x21-\x3b\x3d\x3f-\x7e]*$/
const relation = /^[\x21\x23-\x7e]+$/

/** Fills the list; gives the offset of the comma after it or the end, `undefined` when it is malformed. */
function readParameters(text: string, start: number, parameters: Parameter[]): number | undefined {
  let at = skipSpace(text, start)
  while (text.charCodeAt(at) === SEMICOLON) {
    at = skipSpace(text, at + 1)
    const name = endOfWord(text, at)
    if (name.end === at) continue
    if (!isToken(name.text) || parameters.length === PARAMETER_LIMIT) return undefined
    at = skipSpace(text, name.end)
    let value = ''
    if (text.charCodeAt(at) === EQUALS) {
      at = skipSpace(text, at + 1)
      const read = text.charCodeAt(at) === QUOTE ? readQuoted(text, at) : endOfWord(text, at)
      if (read === undefined) return undefined
      value = read.text
      at = skipSpace(text, read.end)
    }
    parameters.push([name.text.toLowerCase(), value])
  }
  return at === text.length || text.charCodeAt(at) === COMMA ? at : undefined
}

function endOfWord(text: string, start: number): Piece {
  wordEnd.lastIndex = start
  const end = wordEnd.exec(text)?.index ?? text.length
  return { text: text.slice(start, end), end }
}

const wordEnd = /[\t ";,=]/g

function toLink(target: string, parameters: readonly Parameter[]): Link | undefined {
  const rel = (firstValueOf(parameters, 'rel') ?? '').match(/[^\t ]+/g)
  if (rel === null || !rel.every((name) => relation.test(name)) || !reference.test(target)) return undefined
  const title = extendedValueOf(parameters, 'title')
  const anchor = firstValueOf(parameters, 'anchor')
  const others = parameters.filter(([name]) => !ownNames.has(name))
  return {
    target,
    rel: [...new Set(rel.map((name) => name.toLowerCase()))],
    ...(title !== undefined && { title }),
    ...(anchor !== undefined && { anchor }),
    ...(others.length > 0 && { parameters: others }),
  }
}

const ownNames: ReadonlySet<string> = new Set(['rel', 'title', 'title*', 'anchor'])

function formatLink({ target, rel, title, anchor, parameters = [] }: Link): string {
  if (!reference.test(target)) {
    throw new RangeError(
      `Got the target ${JSON.stringify(target)}; expected a URL with what is no ASCII, spaces, '<' and '>' percent-encoded.`,
    )
  }
  if (!Array.isArray(rel) || rel.length === 0 || !rel.every((name) => relation.test(name))) {
    throw new RangeError(`Got the relations ${JSON.stringify(rel)}; expected one or more, as in ['next'].`)
  }
  let text = `<${target}>; rel=${formatWord(rel.join(' '))}`
  if (anchor !== undefined) text += `; anchor=${quote(anchor)}`
  if (title !== undefined) {
    for (const [name, value] of extendedParameters('title', title)) {
      text += `; ${name}=${name === 'title' ? quote(value) : value}`
    }
  }
  for (const [name, value] of parameters) {
    if (!isToken(name) || ownNames.has(name.toLowerCase())) {
      throw new RangeError(
        `Got the parameter ${JSON.stringify(name)}; expected a token other than the fields.`,
      )
    }
    text += value === '' ? `; ${name}` : `; ${name}=${formatWord(value)}`
  }
  return text
}
