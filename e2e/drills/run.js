/**
 * Runs the reliability drills against real servers on loopback: `node e2e/drills/run.js [drill …] [--short]`. Each prints what was
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
const wanted =
  positionals.length === 0 ? files : files.filter((name) => positionals.includes(name.slice(0, -3)))
let failed = 0
for (const name of wanted) {
  const { title, rows, seconds } = await runDrill(`${folder}${name}`, values.short)
  console.log(`${name.slice(0, -3)}: ${title} (${seconds.toFixed(1)} s)`)
  for (const { what, got, ok } of rows) {
    if (!ok) failed++
    console.log(`  ${ok ? 'ok  ' : 'FAIL'} ${what}: ${got}`)
  }
}
console.log(failed === 0 ? '\nEverything held.' : `\n${failed} did not hold.`)
process.exitCode = failed === 0 ? 0 : 1
