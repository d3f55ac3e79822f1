/**
 * A router that is slow and obvious: it puts everything that matches in order, and takes the first that has the method.
 *
 * @module
 */
import {
  compareOrder,
  decode,
  type Given,
  methodRank,
  waysOfRule,
} from './reference-patterns.test-support.ts'

/** What is asked of a router. */
export interface Question {
  readonly method: string
  readonly path: string
  readonly host: string | undefined
  readonly websocket: boolean
}

interface Answer {
  readonly given: Given
  readonly params: Readonly<Record<string, unknown>>
  readonly end: number
}

/** What takes a request; `'400'` when a value of it cannot be decoded. */
function take(rules: readonly Given[], question: Question): Answer | '400' | undefined {
  const { method, path, host, websocket } = question
  const places = rules.flatMap((given): { given: Given; place: number; params: object }[] => {
    const params = given.host === undefined ? {} : hostParams(given.host, host)
    if (params === undefined || (given.websocket && !websocket)) return []
    // Those for WebSockets go first, then the more specific hosts; rules without a host come last.
    return [{ given, params, place: (given.websocket ? 0 : 100) + (given.host ?? 50) }]
  })
  const [best] = places
    .flatMap((each) => waysOfRule(each.given, path).map((way) => ({ ...each, way })))
    .filter(({ given }) => methodRank(given, method) < Infinity)
    .sort(
      (a, b) =>
        a.place - b.place ||
        compareOrder(a.way.order, b.way.order) ||
        methodRank(a.given, method) - methodRank(b.given, method),
    )
  if (best === undefined) return undefined
  const params: Record<string, unknown> = { ...best.params }
  for (const [name, value] of Object.entries(best.way.captured)) {
    const decoded = decodeCaptured(value)
    if (decoded === undefined) return '400'
    params[name] = decoded
  }
  return { given: best.given, params, end: best.given.mounted ? best.way.end : 0 }
}

export function referenceMatch(rules: readonly Given[], question: Question): unknown {
  const { path } = question
  const answer = take(rules, question)
  const invalid = { status: 400, allow: [] }
  if (answer === '400') return invalid
  const isFallback = answer?.given.mounted === true && answer.end === 0
  const refusal = refuse(rules, question) as { status: number; needsWebSocket?: true }
  const mayMove =
    answer === undefined ? refusal.needsWebSocket || [404, 405].includes(refusal.status) : isFallback
  const location = mayMove ? slashForm(rules, question) : undefined
  if (location !== undefined) return { status: 308, location }
  if (answer === undefined) return refusal
  const { given, params, end } = answer
  return { rule: given.id, params, scriptName: path.slice(0, end), pathInfo: path.slice(end) }
}

function refuse(rules: readonly Given[], question: Question): unknown {
  const { method, path, host, websocket } = question
  const here = rules.filter((given) => given.host === undefined || hostParams(given.host, host) !== undefined)
  const matching = here.filter((given) => !given.mounted && waysOfRule(given, path).length > 0)
  const methods = matching.filter((given) => !given.websocket).flatMap((given) => given.methods ?? [])
  if (methods.length > 0) {
    const allow = new Set([...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])])
    return { status: method === 'OPTIONS' ? 204 : 405, allow: [...allow].sort() }
  }
  if (decode(path) === undefined) return { status: 400, allow: [] }
  if (method === 'OPTIONS' && path === '') {
    const all = rules.filter((given) => !given.websocket).flatMap((given) => given.methods ?? [])
    const allow = new Set([...all, 'OPTIONS', ...(all.includes('GET') ? ['HEAD'] : [])])
    return { status: 204, allow: [...allow].sort() }
  }
  const needsWebSocket =
    !websocket &&
    take(
      rules.filter((given) => given.websocket),
      { ...question, websocket: true },
    )
  return needsWebSocket ? { status: 400, allow: [], needsWebSocket: true } : { status: 404, allow: [] }
}

/** The path with the slash at the end added or taken away, with runs of slashes merged, or both, that a rule which says so takes. */
function slashForm(rules: readonly Given[], question: Question): string | undefined {
  const { path } = question
  const toggle = (each: string): string => (each.endsWith('/') ? each.slice(0, -1) : `${each}/`)
  const merged = path.replace(/\/+/g, '/')
  const forms = [
    ...(path === '' || path === '/' ? [] : [{ form: toggle(path), toggled: true, merged: false }]),
    ...(merged === path ? [] : [{ form: merged, toggled: false, merged: true }]),
    ...(merged === path || merged === '/' ? [] : [{ form: toggle(merged), toggled: true, merged: true }]),
  ]
  return forms.find((each) => {
    if (each.form.startsWith('//')) return false
    const answer = take(rules, { ...question, path: each.form })
    if (answer === undefined || answer === '400' || (answer.given.mounted && answer.end === 0)) return false
    const { redirectSlashes, mergeSlashes } = answer.given
    return (redirectSlashes || !each.toggled) && (mergeSlashes || !each.merged)
  })?.form
}

// Which hosts there are.

/** The more specific first: static labels before text with parameters, converted, plain, and wildcards, from the right. */
export const hostPatterns: readonly { pattern: string; of: (...labels: string[]) => object | false }[] = [
  { pattern: 'a.b', of: (...all) => all.join('.') === 'a.b' && {} },
  {
    pattern: 'x-:h.b',
    of: (x = '', b, ...more) => b === 'b' && more.length === 0 && /^x-./.test(x) && { h: x.slice(2) },
  },
  {
    pattern: ':n.b',
    of: (n = '', b, ...more) => b === 'b' && more.length === 0 && /^\d$/.test(n) && { n: Number(n) },
  },
  { pattern: ':h.b', of: (h, b, ...more) => b === 'b' && more.length === 0 && { h } },
  { pattern: '*w.b', of: (...all) => all.length > 1 && all.at(-1) === 'b' && { w: all.slice(0, -1) } },
  { pattern: ':h.:t', of: (h, t, ...more) => t !== undefined && more.length === 0 && { h, t } },
  { pattern: 'a.*w', of: (a, ...w) => a === 'a' && w.length > 0 && { w } },
  { pattern: '*w', of: (...w) => ({ w }) },
]

export const hosts = [
  'a.b',
  'A.B:80',
  'x-1.b',
  'x-.b',
  '7.b',
  'c.b',
  'c.d.',
  'q.c.b',
  'a.c.d',
  'b',
  '[::1]',
  'c..b',
  'c b',
  '',
  undefined,
]

export function hostParams(pattern: number, host: string | undefined): object | undefined {
  const name = host?.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase() ?? ''
  if (name === '' || name.includes('..') || name.includes(' ')) return undefined
  return hostPatterns[pattern]?.of(...(name.startsWith('[') ? [name] : name.split('.'))) || undefined
}

function decodeCaptured(value: unknown): unknown {
  if (typeof value === 'string') return decode(value)
  if (!Array.isArray(value)) return (value as { value: unknown }).value
  const list = value.map(decode)
  return list.includes(undefined) ? undefined : list
}
