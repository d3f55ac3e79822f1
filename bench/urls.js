/**
 * Compares building URLs from values with path-to-regexp's `compile`, in one process, interleaved: `node urls.js [case …] [--rounds 15]`, after `pnpm build`.
 *
 * `router.url` looks up the name among a thousand, takes numbers where a rule has a converter (`compile` only takes texts), refuses unknown values, dot
 * segments and what a match would not give back. Each pattern of `compile` is compiled once; `by name` looks its function up among a thousand, as a
 * program with many of them does, `alone` calls it. Values are texts as a server has them, each made anew. Printed are medians in millions of URLs a second
 * of processor time, and of each round the ratio of `router.url` to the other, in the median.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { int, Router } from '@stapel/routing'
import { compile } from 'path-to-regexp'
import { median } from './median.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '15' },
    milliseconds: { type: 'string', default: '30' },
  },
})
const rounds = Number(values.rounds)
const milliseconds = Number(values.milliseconds)

/** Of each case the pattern, the values of the nth URL, what makes texts of them, and converters. */
const cases = {
  static: ['/about/team', () => ({})],
  parameter: ['/users/:id', (n) => ({ id: text(`user-${n}`) })],
  number: ['/users/:id/edit', (n) => ({ id: n }), ({ id }) => ({ id: String(id) }), { id: int() }],
  'three parameters': [
    '/repos/:owner/:repo/issues/:number/comments',
    (n) => ({ owner: text(`owner${n}`), repo: text(`repo-${n}`), number: text(String(n)) }),
  ],
  'groups, filled': ['/posts{/:year{/:month}}', (n) => ({ year: text(`${2000 + n}`), month: text('11') })],
  'groups, empty': ['/posts{/:year{/:month}}', () => ({})],
  wildcard: ['/files/*path', (n) => ({ path: [text('photos'), text('2026'), text(`cat-${n}.png`)] })],
  'in one segment': ['/download/:name.:ext', (n) => ({ name: text(`report${n}`), ext: text('pdf') })],
  'below a mount': ['/t/:tenant/users/:id', (n) => ({ tenant: text('acme'), id: text(`user-${n}`) })],
  'to be encoded': ['/search/:term', (n) => ({ term: text(`caf\u00e9 & cr\u00e8me ${n}`) })],
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, medians of ${rounds} rounds\n`)
console.log(`${''.padEnd(20)}router.url      compile by name       compile alone`)
for (const name of positionals.length > 0 ? positionals : Object.keys(cases)) compare(name, ...cases[name])

function compare(name, pattern, params, toTexts, convert = {}) {
  const router = new Router()
  const compiled = new Map()
  for (let i = 0; i < 1000; i++) add(`other-${i}`, `/other/${i}/:id`)
  add(name, pattern)
  const given = Array.from({ length: 1024 }, (_, n) => params(n))
  const build = compiled.get(name)
  const makers = [
    (values) => router.url(name, values),
    toTexts === undefined
      ? (values) => compiled.get(name)(values)
      : (values) => compiled.get(name)(toTexts(values)),
    toTexts === undefined ? build : (values) => build(toTexts(values)),
  ]

  function add(name, pattern) {
    const options = { name, convert: pattern.includes('other') ? {} : convert }
    if (name === 'below a mount')
      router.mount(
        '/t/:tenant',
        new Router().get('/users/:id', () => '', options),
      )
    else router.get(pattern, () => '', options)
    compiled.set(name, compile(pattern))
  }

  for (let n = 0; n < 1024; n++) {
    const [url, path] = makers.map((make) => make(given[n]))
    if (decodeURIComponent(url) !== decodeURIComponent(path)) throw new Error(`${url} is not ${path}.`)
  }
  const runs = makers.map((make) => createRun(make, given))
  for (const run of runs) for (let i = 0; i < 4; i++) measure(run)
  const rows = []
  for (let round = 0; round < rounds; round++) {
    const row = []
    // In turn, so that none always comes first.
    for (let i = 0; i < runs.length; i++) {
      const next = (i + round) % runs.length
      row[next] = measure(runs[next])
    }
    rows.push(row)
  }
  const figures = [0, 1, 2].map((i) => {
    const rate = `${median(rows.map((row) => row[i]))
      .toFixed(1)
      .padStart(6)} M/s`
    return i === 0 ? rate : `${rate}  ${median(rows.map((row) => row[0] / row[i])).toFixed(2)}`
  })
  console.log(`${name.padEnd(20)}${figures.join('       ')}`)
}

/** A loop of its own for each maker, so that the engine compiles it for that one alone. */
function createRun(make, given) {
  return new Function(
    'make',
    'given',
    `return () => {
      let length = 0
      for (let n = 0; n < 1024; n++) length += make(given[n]).length
      return length
    }`,
  )(make, given)
}

/** Millions a second of processor time, which other work on the machine disturbs less. */
function measure(run) {
  let count = 0
  const started = process.cpuUsage()
  let took = 0
  while (took < milliseconds * 1000) {
    if (run() === 0) throw new Error('Nothing was built.')
    count += 1024
    const { user, system } = process.cpuUsage(started)
    took = user + system
  }
  return count / took
}

/** A text that the engine has not seen. */
function text(value) {
  return Buffer.from(value).utf8Slice()
}
