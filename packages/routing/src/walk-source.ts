/**
 * Writes the code for a place of the tree; `generate-walk.ts` says what for.
 *
 * Each block tries one way and is left where the way fails, so that the next one is tried: the order of the blocks is the order of the search. Where a wildcard stands that may end
 * in several places, the search goes on by itself.
 *
 * @module
 */
import { FUNCTION_SIZE_LIMIT } from './generated-limits.ts'
import type { MethodTable } from './method-table.ts'
import type { Candidate } from './rule.ts'
import { type Branch, END, SLASH_COMPARED } from './static-branches.ts'
import type { ConvertedEdge, MixedEdge, Node, Tree, WildcardEdge } from './tree.ts'
import { beginning, type Place, placeAt, shift } from './walk-place.ts'
import { compareText, quoteText } from './walk-text.ts'
import { type Captured, paramsCode, storeCode } from './walk-values.ts'

/** The source of one function. */
export class WalkSource {
  /** What the code calls by number. */
  readonly constants: unknown[] = []
  readonly #tree: Tree
  readonly #limit: number
  readonly #lines: string[] = []
  #length = 0
  #names = 0
  /** How many alternatives may still be written, with half a one for each text that leads to a call; a place that has more is walked from by a function of its own. */
  #room = FUNCTION_SIZE_LIMIT
  /** Whether there is room for all that follows. */
  #hasRoom = false

  /** `limit` is the most characters. */
  constructor(tree: Tree, limit: number) {
    this.#tree = tree
    this.#limit = limit
  }

  /** The code for a place to which `slot` values lead; `undefined` where it would be too long. */
  writeNode(node: Node, slot: number): string | undefined {
    this.#hasRoom = node.size <= this.#room
    const place = node === this.#tree.root ? beginning : placeAt('start')
    return this.#write(slot, (captured) => this.#goOn(node, place, captured))
  }

  /** The same for some of the texts that lead on from a place. */
  writeBranch(branch: Branch, slot: number): string | undefined {
    this.#room -= branch.size
    return this.#write(slot, (captured) => this.#branch(branch, undefined, placeAt('start'), captured))
  }

  #write(slot: number, inside: (captured: readonly Captured[]) => void): string | undefined {
    this.#line('return function walk(path, start, method, search, constants) {')
    this.#line('const length = path.length')
    inside(Array.from({ length: slot }, (_, i): Captured => ({ kind: 'slot', slot: i })))
    this.#line('}')
    return this.#isFull ? undefined : this.#lines.join('\n')
  }

  get #isFull(): boolean {
    return this.#length > this.#limit
  }

  #line(code: string): void {
    this.#lines.push(code)
    this.#length += code.length + 1
  }

  #block(head: string, inside: () => void): void {
    if (this.#isFull) return
    this.#line(`${head} {`)
    inside()
    this.#line('}')
  }

  #name(letter: string): string {
    return `${letter}${this.#names++}`
  }

  #constant(value: unknown): string {
    const known = this.constants.indexOf(value)
    return `constants[${known === -1 ? this.constants.push(value) - 1 : known}]`
  }

  /** What follows on another place. */
  #next(node: Node, from: Node | undefined, place: Place, captured: readonly Captured[]): void {
    // Where nothing else leads on, there is as much room as before.
    if (this.#hasRoom || node.size === from?.size) {
      this.#node(node, place, captured)
    } else if (node.size <= this.#room) {
      this.#room -= node.size
      this.#hasRoom = true
      this.#node(node, place, captured)
      this.#hasRoom = false
    } else {
      this.#store(captured)
      const given = `${this.#constant(node)}, path, ${place.code}, method, search, ${captured.length}`
      this.#tryCall(`walkFrom(${given})`)
    }
  }

  #store(captured: readonly Captured[]): void {
    for (const [slot, value] of captured.entries())
      for (const code of storeCode(value, slot)) this.#line(code)
  }

  #tryCall(call: string): void {
    const found = this.#name('f')
    this.#line(`const ${found} = ${call}`)
    this.#line(`if (${found} !== undefined) return ${found}`)
  }

  /** A place where a path may end or go on. */
  #node(node: Node, place: Place, captured: readonly Captured[]): void {
    if (node.draft !== undefined) this.#tree.open(node)
    const ends = node.end !== undefined || node.mount !== undefined
    const goesOn = node.branches !== undefined || node.dynamic || node.mount !== undefined
    if (ends) this.#block(`if (length === ${place.code})`, () => this.#end(node, captured))
    if (goesOn)
      this.#block(`${ends ? 'else ' : ''}if (length !== ${place.code})`, () =>
        this.#goOn(node, place, captured),
      )
  }

  /** Where the path goes on, with a slash. */
  #goOn(node: Node, place: Place, captured: readonly Captured[]): void {
    if (node.branches !== undefined) this.#branches(node.branches, node, place, captured)
    if (node.dynamic) this.#dynamic(node, place, captured)
    if (node.mount !== undefined) this.#table(node.mount, captured, place.code)
  }

  #branches(branches: Branch, from: Node, place: Place, captured: readonly Captured[]): void {
    if (!this.#hasRoom && branches.size > this.#room) {
      this.#store(captured)
      this.#parts(branches, place, captured.length)
    } else {
      if (!this.#hasRoom) this.#room -= branches.size
      this.#branch(branches, from, place, captured)
    }
  }

  /** Parts of too many texts, each small enough for a function of its own. */
  #parts(branch: Branch, place: Place, slot: number): void {
    if (branch.size > FUNCTION_SIZE_LIMIT) {
      this.#switch(branch, place, (inner) => this.#parts(inner, place, slot))
    } else {
      const given = `${this.#constant(branch)}, path, ${place.code}, method, search, ${slot}`
      this.#tryCall(`walkBranch(${given})`)
    }
  }

  #branch(branch: Branch, from: Node | undefined, place: Place, captured: readonly Captured[]): void {
    if (branch.table === undefined) this.#text(branch, from, place, captured)
    else this.#switch(branch, place, (inner) => this.#branch(inner, from, place, captured))
  }

  #switch({ table = [], base, offset }: Branch, place: Place, inside: (branch: Branch) => void): void {
    const at = shift(place, offset).code
    // The end of a path ends a segment as a slash does.
    this.#block(`switch (${at} < length ? path.charCodeAt(${at}) : ${SLASH})`, () => {
      table.forEach((inner, i) => {
        if (inner === undefined) return
        this.#block(`case ${base + i}:`, () => {
          inside(inner)
          this.#line('break')
        })
      })
    })
  }

  #text(
    { text, length, after, next }: Branch,
    from: Node | undefined,
    place: Place,
    captured: readonly Captured[],
  ): void {
    const node = next as Node
    const end = shift(place, length)
    // The slash at the beginning is there.
    const condition = compareText(text.slice(1), shift(place, 1))
    if (after === END) {
      this.#block(`if (length === ${end.code}${and(condition)})`, () => this.#end(node, captured))
    } else if (after === SLASH_COMPARED) {
      this.#block(`if (${condition || 'true'})`, () => this.#next(node, from, end, captured))
    } else {
      this.#block(
        `if (${condition ? `${condition} && ` : ''}(length === ${end.code} || path.charCodeAt(${end.code}) === ${SLASH}))`,
        () => this.#next(node, from, end, captured),
      )
    }
  }

  #dynamic(node: Node, place: Place, captured: readonly Captured[]): void {
    const { mixed, converted, plain, wildcard } = node
    const first = shift(place, 1)
    if (wildcard?.last && mixed === undefined && converted === undefined && plain === undefined) {
      // Only static text matches an empty segment.
      this.#block(`if (${first.code} !== length && path.charCodeAt(${first.code}) !== ${SLASH})`, () =>
        this.#rest(wildcard, first, captured),
      )
      return
    }
    const scanned = this.#name('s')
    const end = this.#name('e')
    this.#line(
      `const ${scanned} = scanSegment(path, ${first.code}, length), ${end} = ${scanned} < 0 ? ~${scanned} : ${scanned}`,
    )
    this.#block(`if (${end} !== ${first.code})`, () => {
      const after = placeAt(end)
      if (mixed !== undefined) this.#mixed(mixed, node, first, after, captured)
      if (converted !== undefined) this.#converted(converted, node, scanned, first, after, captured)
      if (plain !== undefined) {
        this.#next(plain, node, after, [...captured, { kind: 'text', start: first.code, end, scanned }])
      }
      if (wildcard?.last) this.#rest(wildcard, first, captured)
      else if (wildcard !== undefined) this.#wildcard(wildcard, first, end, captured)
    })
  }

  #mixed(
    edges: readonly MixedEdge[],
    from: Node,
    first: Place,
    after: Place,
    captured: readonly Captured[],
  ): void {
    const segment = this.#name('t')
    const slot = captured.length
    this.#line(`const ${segment} = path.slice(${first.code}, ${after.code})`)
    for (const edge of edges) {
      const taken = Array.from({ length: edge.size }, (_, i): Captured => ({ kind: 'slot', slot: slot + i }))
      const given = `path, ${this.#constant(edge)}, ${segment}, ${first.code}, ${slot}`
      this.#block(`if (search.takeMixed(${given}))`, () =>
        this.#next(edge.next, from, after, [...captured, ...taken]),
      )
    }
  }

  #converted(
    edges: readonly ConvertedEdge[],
    from: Node,
    scanned: string,
    first: Place,
    after: Place,
    captured: readonly Captured[],
  ): void {
    const text = this.#name('t')
    const bounds = `(path, ${first.code}, ${after.code})`
    this.#line(
      `const ${text} = ${scanned} < 0 ? tryDecode${bounds} : path.slice${bounds.replace('path, ', '')}`,
    )
    this.#block(`if (${text} !== undefined)`, () => {
      for (const { converter, next } of edges) {
        const value = this.#name('v')
        this.#line(`const ${value} = ${this.#constant(converter)}.parse(${text})`)
        this.#block(`if (${value} !== undefined)`, () =>
          this.#next(next, from, after, [...captured, { kind: 'value', name: value }]),
        )
      }
    })
  }

  #rest(wildcard: WildcardEdge, first: Place, captured: readonly Captured[]): void {
    this.#end(wildcard.next, [...captured, { kind: 'rest', start: first.code }])
  }

  #wildcard(edge: WildcardEdge, first: Place, end: string, captured: readonly Captured[]): void {
    this.#line('search.method = method')
    this.#store(captured)
    const given = `path, ${this.#constant(edge)}, ${first.code}, ${end}, ${captured.length}`
    this.#tryCall(`search.walkWildcard(${given})`)
  }

  /** Where the path ends. */
  #end({ end, mount }: Node, captured: readonly Captured[]): void {
    if (end !== undefined && !this.#table(end, captured, 'length'))
      this.#line(`search.miss(${this.#constant(end)})`)
    if (mount !== undefined) this.#table(mount, captured, 'length')
  }

  /** Whether the rules answer every method. */
  #table(table: MethodTable, captured: readonly Captured[], position: string): boolean {
    for (const [candidate, methods] of table.entries()) {
      const found = `return ${this.#found(candidate, captured, position)}`
      if (methods === undefined) {
        this.#line(found)
        return true
      }
      const condition = methods.map((method) => `method === ${quoteText(method)}`).join(' || ')
      this.#line(`if (${condition}) ${found}`)
    }
    return false
  }

  #found(candidate: Candidate, captured: readonly Captured[], position: string): string {
    const { rule, size } = candidate
    const params = size === 0 ? this.#constant(candidate.fixedParams) : this.#params(candidate, captured)
    const places = rule.mounted ? `path.slice(0, ${position}), path.slice(${position})` : `'', path`
    return `new Found(${this.#constant(rule)}, ${params}, ${places})`
  }

  #params({ rule, captures }: Candidate, captured: readonly Captured[]): string {
    const code = paramsCode(captures, captured)
    return rule.defaults === undefined ? `{ ${code} }` : `{ ...${this.#constant(rule.defaults)}, ${code} }`
  }
}

const SLASH = 47

function and(condition: string): string {
  return condition === '' ? '' : ` && ${condition}`
}
