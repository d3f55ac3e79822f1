/**
 * Puts a script into an HTML page while it passes, before `</body>`.
 *
 * Text that only looks like that tag (in scripts, styles, comments and attributes) is passed over, as a browser does. Policies in `<meta>` elements get
 * what the script needs. Held back are no more than the few bytes at the end of a chunk that may begin a tag, and a `<meta>` tag until its end. A page that leaves `</body>` out, as HTML allows, has the script at its end; what is no whole page
 * stays as it is.
 *
 * @module
 */
import { type Body, type Chunk, toBytes } from '@stapel/core'
import { InsertedBody } from './inserted-body.ts'
import { allowInMeta, endOfTag } from './meta-policy.ts'

/** The most bytes that are held back until the next chunk, or the end. */
export const HELD_LIMIT = 16
/** A `<meta>` tag that is longer stays as it is, in bytes. */
export const META_LIMIT = 8_192

/** A page, as one text. */
export function insertIntoText(html: string, element: string): string {
  const inserter = new Inserter(element)
  return inserter.push(html) + inserter.end()
}

/** A page, chunk by chunk; the body that is given is disposed of with the one that is returned, failures of that go to `report`. */
export function insertIntoBody(body: Body, element: string, report?: (error: unknown) => void): Body {
  if (typeof body === 'string') return insertIntoText(body, element)
  const inserter = new Inserter(element)
  // Bytes as characters, one each: what is looked for is ASCII in every encoding of the web but UTF-16.
  const pass = (chunk: Chunk): Uint8Array => Buffer.from(inserter.push(toLatin1(chunk)), 'latin1')
  const rest = (): Uint8Array => Buffer.from(inserter.end(), 'latin1')
  if (!(body instanceof Uint8Array)) return new InsertedBody(body, { pass, rest }, report)
  const passed = pass(body)
  return Buffer.concat([passed, rest()])
}

function toLatin1(chunk: Chunk): string {
  const bytes = toBytes(chunk)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Where the text is: between tags, in a tag, in a quoted value, in a comment, or in an element whose content is no markup. */
type Place = 'text' | 'tag' | 'meta' | 'comment' | { readonly quote: string } | { readonly element: string }

class Inserter {
  readonly #element: string
  #place: Place = 'text'
  /** The element whose content follows the tag. */
  #rawName: string | undefined
  #held = ''
  #inserted = false
  #seen = false
  #isPage = false

  constructor(element: string) {
    this.#element = element
  }

  /** What may go on of a text that came. */
  push(text: string): string {
    if (this.#inserted) return text
    const all = this.#held + text
    this.#held = ''
    let passed = ''
    let from = 0
    let at = 0
    while (at < all.length && !this.#inserted) {
      if (this.#place === 'meta') {
        const end = endOfTag(all, at)
        if (end === -1 && all.length - at < META_LIMIT) break
        if (end === -1 || end - at > META_LIMIT) {
          this.#place = 'tag'
          continue
        }
        passed += all.slice(from, at) + allowInMeta(all.slice(at, end))
        this.#place = 'text'
        from = end
        at = end
        continue
      }
      const next = this.#step(all, at)
      if (next === undefined) break
      at = next
    }
    if (this.#inserted) return passed + all.slice(from, at) + this.#element + all.slice(at)
    this.#held = all.slice(at)
    return passed + all.slice(from, at)
  }

  /** What was held back, and the script where it is still to come. */
  end(): string {
    const held = this.#held
    this.#held = ''
    return this.#isPage && !this.#inserted ? held + this.#element : held
  }

  /** Goes on from a place that is no `<meta>` tag; gives the next, or nothing where more has to come to tell. */
  #step(text: string, at: number): number | undefined {
    const place = this.#place
    if (place === 'text') return this.#inText(text, at)
    if (place === 'tag' || place === 'meta') return this.#inTag(text, at)
    if (place === 'comment') return this.#until(text, at, '-->')
    if ('quote' in place) return this.#until(text, at, place.quote, 'tag')
    const end = search(new RegExp(`</${place.element}(?=[\\s/>])`, 'gi'), text, at)
    if (end === -1) return this.#holdTag(text, at)
    this.#place = 'text'
    return end
  }

  #inText(text: string, at: number): number | undefined {
    const tag = text.indexOf('<', at)
    if (tag === -1) return text.length
    // The longest that has to be told apart.
    if (text.length - tag < HELD_LIMIT && !text.includes('>', tag)) return tag === at ? undefined : tag
    if (!this.#seen) {
      this.#seen = true
      this.#isPage = matches(/<!doctype html/iy, text, tag) || matches(/<html/iy, text, tag)
    }
    if (matches(/<\/body(?=[\s/>])/iy, text, tag)) {
      this.#inserted = true
      return tag
    }
    if (text.startsWith('<!--', tag)) {
      this.#place = 'comment'
      return tag + 4
    }
    if (!matches(/<[a-z/!?]/iy, text, tag)) return tag + 1
    if (this.#isPage && matches(/<meta(?=[\s/>])/iy, text, tag)) {
      this.#place = 'meta'
      return tag
    }
    this.#rawName = /^<(script|style|textarea|title)[\s/>]/i.exec(text.slice(tag, tag + HELD_LIMIT))?.[1]
    this.#place = 'tag'
    return tag + 2
  }

  #inTag(text: string, at: number): number {
    const end = search(/[>"']/g, text, at)
    if (end === -1) return text.length
    const found = text[end] as string
    if (found !== '>') this.#place = { quote: found }
    else this.#place = this.#rawName === undefined ? 'text' : { element: this.#rawName }
    return end + 1
  }

  #until(text: string, at: number, end: string, next: Place = 'text'): number | undefined {
    const found = text.indexOf(end, at)
    if (found !== -1) {
      this.#place = next
      return found + end.length
    }
    const kept = Math.max(at, text.length - end.length + 1)
    return kept === at ? undefined : kept
  }

  #holdTag(text: string, at: number): number | undefined {
    const tag = text.indexOf('<', Math.max(at, text.length - HELD_LIMIT))
    if (tag === -1) return text.length
    return tag === at ? undefined : tag
  }
}

function search(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.index ?? -1
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}
