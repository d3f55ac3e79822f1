/** Where a text stops being JSON; all count from one but `position`, which counts UTF-16 units from zero. */
export interface JsonErrorPlace {
  /** UTF-16 units from the beginning, from zero. */
  readonly position: number
  /** From one; lines end with LF. */
  readonly line: number
  /** UTF-16 units from the beginning of the line, from one. */
  readonly column: number
}

/**
 * The first character with which a text cannot be JSON (RFC 8259); the end of the text where it stops too early.
 *
 * The messages of `JSON.parse` tell it in some engine versions only, and quote the text. This runs after a failure alone; it keeps
 * its own stack, so that nesting cannot overflow it. For a valid text it gives the end.
 */
export function locateJsonError(text: string): JsonErrorPlace {
  const position = new JsonScanner(text).run()
  const before = text.slice(0, position)
  const line = before.split('\n').length
  return { position, line, column: position - (before.lastIndexOf('\n') + 1) + 1 }
}

type Expectation = 'value' | 'first-item' | 'first-key' | 'key' | 'colon' | 'separator' | 'end'

class JsonScanner {
  readonly #text: string
  #at = 0
  /** The closing bracket of each level that is open. */
  readonly #open: string[] = []

  constructor(text: string) {
    this.#text = text
  }

  run(): number {
    let expected: Expectation | undefined = 'value'
    while (expected !== undefined) {
      this.#skip(isSpace)
      if (this.#at >= this.#text.length) return this.#at
      expected = this.#step(expected)
    }
    return this.#at
  }

  /** Takes one token and gives what must follow; `undefined` when the token is wrong, with the position at it. */
  #step(expected: Expectation): Expectation | undefined {
    const character = this.#text[this.#at] as string
    switch (expected) {
      case 'first-item':
        return character === ']' ? this.#close() : this.#value(character)
      case 'first-key':
        if (character === '}') return this.#close()
        return character === '"' && this.#string() ? 'colon' : undefined
      case 'key':
        return character === '"' && this.#string() ? 'colon' : undefined
      case 'colon':
        return character === ':' ? this.#take('value') : undefined
      case 'separator': {
        const close = this.#open.at(-1)
        if (character === close) return this.#close()
        return character === ',' ? this.#take(close === '}' ? 'key' : 'value') : undefined
      }
      case 'value':
        return this.#value(character)
      case 'end':
        return undefined
    }
  }

  #value(character: string): Expectation | undefined {
    if (character === '[' || character === '{') {
      this.#open.push(character === '[' ? ']' : '}')
      return this.#take(character === '[' ? 'first-item' : 'first-key')
    }
    if (character === '"') return this.#string() ? this.#afterValue() : undefined
    if (character === '-' || (character >= '0' && character <= '9')) {
      return this.#number() ? this.#afterValue() : undefined
    }
    return this.#word(character) ? this.#afterValue() : undefined
  }

  #string(): boolean {
    const text = this.#text
    for (this.#at++; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at)
      if (code === QUOTE) {
        this.#at++
        return true
      }
      // RFC 8259 section 7 forbids exactly these unescaped.
      if (code < SPACE || (code === BACKSLASH && !this.#escape())) return false
    }
    return false
  }

  /** Goes to the last character of an escape; stays at the backslash of one that is none. */
  #escape(): boolean {
    escapeSequence.lastIndex = this.#at
    const length = escapeSequence.exec(this.#text)?.[0].length ?? 0
    if (length === 0) return false
    this.#at += length - 1
    return true
  }

  #number(): boolean {
    const text = this.#text
    if (text[this.#at] === '-') this.#at++
    if (text[this.#at] === '0') this.#at++
    else if (this.#skip(isDigit) === 0) return false
    if (text[this.#at] === '.') {
      this.#at++
      if (this.#skip(isDigit) === 0) return false
    }
    if (text[this.#at] !== 'e' && text[this.#at] !== 'E') return true
    this.#at++
    if (text[this.#at] === '+' || text[this.#at] === '-') this.#at++
    return this.#skip(isDigit) > 0
  }

  #word(character: string): boolean {
    const word = words.get(character)
    if (word === undefined) return false
    for (const expected of word) {
      if (this.#text[this.#at] !== expected) return false
      this.#at++
    }
    return true
  }

  #take(next: Expectation): Expectation {
    this.#at++
    return next
  }

  #close(): Expectation {
    this.#open.pop()
    this.#at++
    return this.#afterValue()
  }

  #afterValue(): Expectation {
    return this.#open.length === 0 ? 'end' : 'separator'
  }

  /** Skips characters and gives how many. */
  #skip(belongs: (code: number) => boolean): number {
    const start = this.#at
    while (this.#at < this.#text.length && belongs(this.#text.charCodeAt(this.#at))) this.#at++
    return this.#at - start
  }
}

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y

function isSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

const words = new Map([
  ['t', 'true'],
  ['f', 'false'],
  ['n', 'null'],
])
