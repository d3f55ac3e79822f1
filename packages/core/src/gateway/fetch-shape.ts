/**
 * Makes environ objects for sequences of header names, as a Request gives them: in lower case, sorted, each once.
 *
 * The sequences that were seen are a tree, walked while the headers are iterated. At its end stands a function that makes the environ by one
 * literal: for a browser's eleven headers in 0.12 µs, with the walk, where assigning key by key takes 0.35 to 0.7 µs.
 *
 * @module
 */
import type { Environ } from '../protocol.ts'
import { compileLiteral, type LiteralRows } from './compile-literal.ts'
import { baseEnviron, baseRows, type RequestParts, type ServerParts, version } from './environ-base.ts'
import { environKey } from './environ-key.ts'

/** What is the same for every request to one origin. */
export interface OriginParts extends ServerParts {
  readonly authority: string
}

/** The most names that are kept in one tree; environs of sequences that come later are assigned key by key. */
export const NAME_LIMIT = 4096

type Maker = (values: readonly string[], parts: RequestParts, origin: OriginParts) => Environ

/** A sequence of header names, and the sequences that go on from it. */
export class FetchShape {
  readonly #before: FetchShape | undefined
  readonly #name: string
  /** What the tree may still take; `undefined` for a sequence that is not part of it. */
  readonly #room: { names: number } | undefined
  #maker: Maker | undefined
  /** The name that came last after this sequence, mostly the one that comes next. */
  #lastName: string | undefined
  #last: FetchShape | undefined
  #next: Map<string, FetchShape> | undefined

  private constructor(before: FetchShape | undefined, name: string, room: { names: number } | undefined) {
    this.#before = before
    this.#name = name
    this.#room = room
  }

  /** The sequence of no names, from which a tree of its own grows. */
  static plant(): FetchShape {
    return new FetchShape(undefined, '', { names: NAME_LIMIT })
  }

  /** The sequence with one more name at its end. */
  with(name: string): FetchShape {
    return name === this.#lastName ? (this.#last as FetchShape) : this.#find(name)
  }

  /** `values` are those of the names, in their order. */
  create(values: readonly string[], parts: RequestParts, origin: OriginParts): Environ {
    this.#maker ??= this.#makeMaker()
    return this.#maker(values, parts, origin)
  }

  #find(name: string): FetchShape {
    let found = this.#next?.get(name)
    if (found === undefined) {
      const room = this.#room
      if (room === undefined || room.names === 0) return new FetchShape(this, name, undefined)
      room.names--
      found = new FetchShape(this, name, room)
      this.#next ??= new Map()
      this.#next.set(name, found)
    }
    this.#lastName = name
    this.#last = found
    return found
  }

  #makeMaker(): Maker {
    const keys: (string | undefined)[] = []
    for (let shape: FetchShape = this; shape.#before !== undefined; shape = shape.#before) {
      // The host is that of the URL.
      keys.push(shape.#name === 'host' ? undefined : environKey(shape.#name))
    }
    keys.reverse()
    return (this.#room === undefined ? undefined : compileMaker(keys)) ?? assignMaker(keys)
  }
}

function compileMaker(keys: readonly (string | undefined)[]): Maker | undefined {
  const rows = keys.flatMap((key, place) => (key === undefined ? [] : [[key, `values[${place}]`] as const]))
  return compileLiteral([...baseRows, ...ownRows, ...rows], ['values', 'parts', 'server'], { version })
}

const ownRows: LiteralRows = [
  ['SERVER_PROTOCOL', "'HTTP/1.1'"],
  ['HTTP_HOST', 'server.authority'],
]

function assignMaker(keys: readonly (string | undefined)[]): Maker {
  return (values, parts, origin) => {
    const environ = baseEnviron(parts, origin, 'HTTP/1.1')
    environ.HTTP_HOST = origin.authority
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]
      if (key !== undefined) environ[key] = values[i] as string
    }
    return environ
  }
}
