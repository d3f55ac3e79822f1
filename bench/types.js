/**
 * Measures what the types of a router cost the compiler: `node types.js [--rules 500] [--rounds 3]`, after `pnpm build`.
 *
 * A file with one chain of rules, each with a name, parameters and a handler that reads them, two of three with converters, and with a call of `url` for
 * every fifth name, is checked in turn with one that has the same rules in groups of ten and with one that makes an empty router. The fastest round of
 * each is printed: the time of tsc on one thread by the clock and of the processor, and what it made. Fails when the difference is above the aim.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { rules: { type: 'string', default: '500' }, rounds: { type: 'string', default: '3' } },
})
const count = Number(values.rules)
const aim = 3
const here = dirname(fileURLToPath(import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

const kinds = [
  {
    pattern: (i) => `/shop${i}/products/:category/:id`,
    convert: ', convert: { id: int() }',
    reads: 'request.params.category + request.params.id.toFixed()',
    values: "category: 'a', id: 7",
  },
  {
    pattern: (i) => `/blog${i}/:year/:slug{/comments/:comment}`,
    convert: '',
    reads: 'request.params.slug + (request.params.comment ?? request.params.year)',
    values: "year: '2026', slug: 'a'",
  },
  {
    pattern: (i) => `/accounts${i}/:account/files/*path`,
    convert: ', convert: { account: uuid() }',
    reads: 'request.params.account + request.params.path.join()',
    values: "account: 'a', path: ['b']",
  },
]
const methods = ['get', 'post', 'put', 'delete']

const folder = mkdtempSync(join(tmpdir(), 'stapel-types-'))
try {
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(here, 'node_modules', '@stapel'), join(folder, 'node_modules', '@stapel'))
  symlinkSync(join(here, '..', 'node_modules', '@types'), join(folder, 'node_modules', '@types'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const sources = { empty: emptyFile(), chained: chainedFile(count), grouped: groupedFile(count) }
  const best = new Map()
  for (const [name, source] of Object.entries(sources)) writeProject(name, source)
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const name of Object.keys(sources)) {
      const figures = check(name)
      const before = best.get(name)
      if (before === undefined || figures.seconds < before.seconds) best.set(name, figures)
    }
  }
  print(best)
} finally {
  rmSync(folder, { recursive: true })
}

function writeProject(name, source) {
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'app.ts'), source)
  const config = {
    extends: join(here, '..', 'tsconfig.base.json'),
    compilerOptions: {
      composite: false,
      // The built declarations, as users have them.
      customConditions: [],
      declaration: false,
      declarationMap: false,
      emitDeclarationOnly: false,
      isolatedDeclarations: false,
      noEmit: true,
      rewriteRelativeImportExtensions: false,
    },
    files: ['app.ts'],
  }
  writeFileSync(join(folder, name, 'tsconfig.json'), JSON.stringify(config))
}

function check(name) {
  const started = performance.now()
  // `times` of the shell tells the processor time of tsc, which other work on the machine disturbs less than the clock.
  const command = [
    process.execPath,
    tsc,
    '-p',
    join(folder, name),
    '--singleThreaded',
    '--extendedDiagnostics',
  ]
  const run = spawnSync('sh', ['-c', '"$@"; code=$?; times; exit $code', 'sh', ...command], {
    encoding: 'utf8',
  })
  const seconds = (performance.now() - started) / 1000
  if (run.status !== 0)
    throw new Error(`tsc refuses the file ${name}:\n${run.stdout.slice(0, 2000)}${run.stderr}`)
  const figure = (label) =>
    Number.parseFloat(new RegExp(`^${label}:\\s*([\\d.]+)`, 'm').exec(run.stdout)?.[1])
  const [user, system] = run.stdout.trim().split('\n').at(-1).split(' ').map(toSeconds)
  return {
    seconds,
    processor: user + system,
    types: figure('Types'),
    instantiations: figure('Instantiations'),
    memory: figure('Memory used') / 1024,
  }
}

function toSeconds(text) {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text)
  return Number(minutes) * 60 + Number(seconds)
}

function print(best) {
  const empty = best.get('empty')
  console.log(`Node ${process.version}, ${count} rules\n`)
  for (const [name, figures] of best) {
    const { seconds, processor, types, instantiations, memory } = figures
    const more = (value, base) => `${value.toFixed(2)} s (+${(value - base).toFixed(2)})`
    console.log(
      `  ${name.padEnd(8)} ${more(seconds, empty.seconds)}  processor ${more(processor, empty.processor)}` +
        `  ${types} types  ${instantiations} instantiations  ${memory.toFixed(0)} MiB`,
    )
    if (Math.min(seconds - empty.seconds, processor - empty.processor) > aim) process.exitCode = 1
  }
  console.log(`\naim: under ${aim} s more than the empty file`)
}

function emptyFile() {
  return `${head()}export const router = new Router()\nexport const used = [Request, Response, int, uuid]\n`
}

function chainedFile(rules) {
  const lines = [`${head()}export const router = new Router()`]
  for (let i = 0; i < rules; i++) lines.push(`  ${rule(i)}`)
  for (let i = 0; i < rules; i += 5) lines.push(`export const url${i} = router.url(${urlArguments(i, '')})`)
  return `${lines.join('\n')}\n`
}

function groupedFile(rules) {
  const lines = [`${head()}export const router = new Router()`]
  for (let i = 0; i < rules; i++) {
    if (i % 10 === 0)
      lines.push(`  .group({ prefix: '/:tenant/part${i}', name: 'part${i}.' }, (group) => group`)
    lines.push(`    ${rule(i)}${i % 10 === 9 || i === rules - 1 ? ')' : ''}`)
  }
  for (let i = 0; i < rules; i += 5) {
    lines.push(
      `export const url${i} = router.url(${urlArguments(i, `part${i - (i % 10)}.`, "tenant: 'a', ")})`,
    )
  }
  return `${lines.join('\n')}\n`
}

function head() {
  return "import { int, Router, uuid } from '@stapel/routing'\nimport { Request, Response } from '@stapel/wrappers'\n\n"
}

function rule(i) {
  const { pattern, convert, reads } = kinds[i % kinds.length]
  return (
    `.${methods[i % methods.length]}('${pattern(i)}', Request.application((request) => new Response(${reads})),` +
    ` { name: 'rule${i}'${convert} })`
  )
}

function urlArguments(i, prefix, more = '') {
  return `'${prefix}rule${i}', { ${more}${kinds[i % kinds.length].values} }`
}
