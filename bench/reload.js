/**
 * How long a save takes until it is served, and the command until its first answer, side by side with the reloaders people use, interleaved:
 * `node bench/reload.js [application …] [--saves 6] [--starts 5] [--commands stapel,nodemon,…]`. A client asks all the while over new
 * connections; those that were refused or reset are counted.
 */
import { parseArgs } from 'node:util'
import { median } from './median.js'
import { applications } from './reload/applications.js'
import { commands } from './reload/commands.js'
import { pause, start } from './reload/server.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    saves: { type: 'string', default: '6' },
    starts: { type: 'string', default: '5' },
    commands: { type: 'string', default: Object.keys(commands).join(',') },
  },
})
const names = values.commands.split(',')
/** So long a save is left alone before the next, as people leave theirs, in milliseconds. */
const PAUSE = 700

console.log(
  `Node ${process.version}, ${values.starts} starts, ${values.saves} saves; medians, and the least\n`,
)
for (const application of positionals.length > 0 ? positionals : Object.keys(applications)) {
  if (!(application in applications))
    throw new Error(`There is no ${application}; there are ${Object.keys(applications).join(', ')}.`)
  await compare(application)
}

async function compare(application) {
  const results = new Map(names.map((name) => [name, { starts: [], saves: [], polls: 0, refused: 0 }]))
  for (let round = 0; round < Number(values.starts); round++) {
    for (const name of names) {
      const server = await start(name, application)
      results.get(name).starts.push(server.milliseconds)
      await server.stop()
    }
  }
  const servers = []
  try {
    for (const name of names.filter((each) => each !== 'plain')) servers.push(await start(name, application))
    for (let version = 1; version <= Number(values.saves); version++) {
      for (const server of servers) {
        await pause(PAUSE)
        const result = results.get(server.command)
        const { milliseconds, polls, refused } = await server.save(version)
        result.saves.push(milliseconds)
        result.polls += polls
        result.refused += refused
      }
    }
  } finally {
    for (const server of servers) await server.stop()
  }
  print(application, results)
}

function print(application, results) {
  console.log(application)
  for (const [name, { starts, saves, polls, refused }] of results) {
    const saved =
      saves.length === 0 ? '' : `   a save served ${times(saves)}   refused ${refused} of ${polls}`
    console.log(`  ${name.padEnd(14)} first answer ${times(starts)}${saved}`)
  }
  console.log()
}

function times(milliseconds) {
  const [middle, least] = [median(milliseconds), Math.min(...milliseconds)].map((each) => each.toFixed(0))
  return `${middle.padStart(5)} ms (${least.padStart(4)})`
}
