/**
 * How long a save takes until it is served, and the command until its first answer, side by side with the reloaders people use, interleaved:
 * `node bench/reload.js [--saves 12] [--starts 7] [--commands stapel,nodemon,…]`. A client asks all the while over new connections; those
 * that were refused or reset are counted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from './median.js'

const own = (path) => fileURLToPath(new URL(path, import.meta.url))
const tool = (name) => own(`./node_modules/.bin/${name}`)

const listening = (text) => `import { createServer } from 'node:http'
createServer((_req, res) => res.end(${JSON.stringify(text)})).listen(Number(process.env.PORT), '127.0.0.1')
`
const stapelApp = (text) => `export function app(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return ${JSON.stringify(text)}
}
`
const fetchApp = (text) => `export default { fetch: () => new Response(${JSON.stringify(text)}) }\n`

/** The command lines, each over the same application of one file; `plain` does not reload. */
const commands = {
  plain: { source: listening, line: () => [process.execPath, 'app.mjs'] },
  stapel: {
    source: stapelApp,
    line: (port) => [process.execPath, own('../packages/devserver/bin/stapel.js'), 'app.mjs', '--port', port],
  },
  nodemon: { source: listening, line: () => [tool('nodemon'), '--quiet', 'app.mjs'] },
  'node --watch': { source: listening, line: () => [process.execPath, '--watch', 'app.mjs'] },
  'tsx watch': { source: listening, line: () => [tool('tsx'), 'watch', 'app.mjs'] },
  srvx: {
    source: fetchApp,
    line: (port) => [tool('srvx'), 'serve', '--entry', './app.mjs', '--port', port, '--host', '127.0.0.1'],
  },
}

const { values } = parseArgs({
  options: {
    saves: { type: 'string', default: '12' },
    starts: { type: 'string', default: '7' },
    commands: { type: 'string', default: Object.keys(commands).join(',') },
  },
})
const names = values.commands.split(',')
/** So long a save is left alone before the next, as people leave theirs. */
const PAUSE = 700

console.log(`Node ${process.version}, ${values.starts} starts, ${values.saves} saves\n`)
const starts = new Map(names.map((name) => [name, []]))
for (let round = 0; round < Number(values.starts); round++) {
  for (const name of names) {
    const server = await start(name)
    starts.get(name).push(server.milliseconds)
    await server.stop()
  }
}
const saves = new Map(names.map((name) => [name, { delays: [], polls: 0, refused: 0 }]))
const servers = []
try {
  for (const name of names.filter((each) => each !== 'plain')) servers.push(await start(name))
  for (let round = 1; round <= Number(values.saves); round++) {
    for (const server of servers) {
      await pause(PAUSE)
      await save(server, `version ${round}`, saves.get(server.name))
    }
  }
} finally {
  for (const server of servers) await server.stop()
}
for (const name of names) {
  const { delays, polls, refused } = saves.get(name)
  const first = `first answer after ${Math.round(median(starts.get(name)))} ms`
  const saved =
    delays.length === 0
      ? ''
      : `; a save served after ${Math.round(median(delays))} ms, ${refused} of ${polls} requests refused`
  console.log(`${name}: ${first}${saved}`)
}

async function start(name) {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-bench-'))
  const file = join(folder, 'app.mjs')
  const { source, line } = commands[name]
  writeFileSync(file, source('version 0'))
  const port = String(await freePort())
  const [program, ...args] = line(port)
  const begun = performance.now()
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, PORT: port },
    stdio: 'ignore',
    detached: true,
  })
  const ended = once(child, 'exit')
  while ((await ask(port)) !== 'version 0') {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}.`)
  }
  return {
    name,
    port,
    milliseconds: performance.now() - begun,
    write: (text) => writeFileSync(file, source(text)),
    stop: async () => {
      // Some leave their application behind when only they are told to end.
      process.kill(-child.pid, 'SIGTERM')
      await Promise.race([ended, pause(3_000)])
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {}
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function save(server, text, result) {
  const begun = performance.now()
  server.write(text)
  for (;;) {
    const answer = await ask(server.port)
    result.polls++
    if (answer === undefined) result.refused++
    if (answer === text) break
    if (performance.now() - begun > 20_000) throw new Error(`${server.name} does not serve ${text}.`)
  }
  result.delays.push(performance.now() - begun)
}

/** The text of an answer; `undefined` where there was none. */
function ask(port) {
  return new Promise((resolve) => {
    const done = (text) => setTimeout(resolve, 2, text)
    get({ host: '127.0.0.1', port, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => done(text))
      answer.on('error', () => done(undefined))
    }).on('error', () => done(undefined))
  })
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
