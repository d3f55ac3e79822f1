/**
 * Patterns of paths, for rules about files.
 *
 * The threat: a rule that reads another path than the one that is opened, so that a second spelling of it gets around the rule, and a pattern
 * whose expression takes exponential time for a long path. Patterns are matched against the decoded names of the file itself, no expression is
 * made of them, and each piece of one is looked for once, from left to right.
 *
 * @module
 */
import { show } from '../check-options.ts'

/** One pattern or several, of which one has to match: `'*.html'`, `['/assets/**', '*.woff2']`. */
export type PathPatterns = string | readonly string[]

/** Whether a decoded path below a mount, as in `'/docs/a b.html'`, is meant. */
export type PathTest = (path: string) => boolean

/** The most characters of a pattern. */
export const PATTERN_LIMIT = 1000

/**
 * Reads patterns, once. In each, `*` stands for any characters of one name, none too; `**` in place of a name for any number of names. One without
 * a slash is matched with the last name, wherever it lies; one that begins with a slash with the whole path; upper and lower case differ.
 *
 * Throws a TypeError for what is no such pattern, also for `?`, brackets, braces and backslashes, which others give a meaning to.
 */
export function pathTest(patterns: PathPatterns): PathTest {
  const tests = (typeof patterns === 'string' ? [patterns] : list(patterns)).map(compile)
  if (tests.length === 1) return tests[0] as PathTest
  return (path) => tests.some((test) => test(path))
}

/** Whether a name fits the pieces between the `*` of a pattern. */
type NameTest = (name: string) => boolean

function list(patterns: unknown): readonly string[] {
  if (Array.isArray(patterns) && patterns.length > 0) return patterns
  throw new TypeError(
    `staticFiles: got ${show(patterns)} for the pattern of a rule; expected a text such as '*.html', or a list of them.`,
  )
}

function compile(pattern: unknown): PathTest {
  const names = typeof pattern === 'string' ? namesOf(pattern) : undefined
  if (names === undefined) {
    throw new TypeError(
      `staticFiles: got the pattern ${show(pattern)}; expected one name such as '*.html', or a path that begins with '/', such as '/assets/**', in ` +
        "which '*' stands for a part of a name and '**' for any number of names; several patterns make a list.",
    )
  }
  if ((pattern as string).startsWith('/')) {
    const runs = runsOf(names)
    return (path) => matches(path.slice(1).split('/'), runs)
  }
  const test = nameTest(pattern as string)
  return (path) => test(path.slice(path.lastIndexOf('/') + 1))
}

/** The names of a pattern; `undefined` when it is none. */
function namesOf(pattern: string): readonly string[] | undefined {
  if (pattern.length > PATTERN_LIMIT || /[\\?[\]{}\0]/.test(pattern)) return undefined
  const names = (pattern.startsWith('/') ? pattern.slice(1) : pattern).split('/')
  if (names.length > 1 && !pattern.startsWith('/')) return undefined
  const isName = (name: string): boolean => name !== '' && (name === '**' || !name.includes('**'))
  return names.every(isName) ? names : undefined
}

/** The tests of the names between one `**` and the next. */
function runsOf(names: readonly string[]): readonly (readonly NameTest[])[] {
  const runs: NameTest[][] = [[]]
  for (const name of names) {
    if (name === '**') runs.push([])
    else runs.at(-1)?.push(nameTest(name))
  }
  return runs
}

/** The first run begins the path, the last one ends it; each between them is taken where it comes first, which leaves the most to the next. */
function matches(names: readonly string[], runs: readonly (readonly NameTest[])[]): boolean {
  const first = runs[0] as readonly NameTest[]
  const last = runs.at(-1) as readonly NameTest[]
  if (runs.length === 1) return names.length === first.length && fits(names, 0, first)
  const end = names.length - last.length
  if (first.length > end || !fits(names, 0, first) || !fits(names, end, last)) return false
  let at = first.length
  for (const run of runs.slice(1, -1)) {
    while (at + run.length <= end && !fits(names, at, run)) at++
    at += run.length
    if (at > end) return false
  }
  return true
}

function fits(names: readonly string[], at: number, run: readonly NameTest[]): boolean {
  return run.every((test, i) => test(names[at + i] as string))
}

function nameTest(pattern: string): NameTest {
  const pieces = pattern.split('*')
  const head = pieces[0] as string
  const tail = pieces.at(-1) as string
  if (pieces.length === 1) return (name) => name === head
  const middle = pieces.slice(1, -1)
  return (name) => {
    const end = name.length - tail.length
    if (!name.startsWith(head) || !name.endsWith(tail)) return false
    let at = head.length
    for (const piece of middle) {
      const found = name.indexOf(piece, at)
      if (found === -1) return false
      at = found + piece.length
    }
    return at <= end
  }
}
