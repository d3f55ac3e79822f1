/**
 * Runs the reliability drills against real servers on loopback: `node e2e/drills/run.js [drill …] [--short]`, drills by name or number. Each prints what was
 * measured and whether it held; the exit code is 1 when one did not.
 */
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runDrill } from './support/run-drill.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
})
const folder = fileURLToPath(new URL('.', import.meta.url))
const files = (await readdir(folder))
  .filter((name) => /^[a-z0-9-]+\.js$/.test(name) && name !== 'run.js')
  .sort()
const wanted = positionals.length === 0 ? files : positionals.flatMap(named)
let failed = 0
for (const name of wanted) {
  const { title, rows, seconds } = await runDrill(`${folder}${name}`, values.short)
  console.log(`${name.slice(0, -3)}: ${title} (${seconds.toFixed(1)} s)`)
  for (const { what, got, verdict } of rows) {
    if (verdict === 'FAIL') failed++
    console.log(`  ${verdict.padEnd(4)} ${what}: ${got}`)
  }
}
console.log(failed === 0 ? '\nEverything held.' : `\n${failed} did not hold.`)
process.exitCode = failed === 0 ? 0 : 1

/** The drills of a name, or of a number such as `16`. */
function named(drill) {
  const found = files.filter(
    (name) => name === `${drill}.js` || name.startsWith(`${drill.padStart(2, '0')}-`),
  )
  if (found.length === 0)
    throw new Error(`There is no drill ${drill}; there are ${files.join(', ').replaceAll('.js', '')}.`)
  return found
}
