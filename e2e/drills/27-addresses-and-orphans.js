import { once } from 'node:events'
import { chmodSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { get } from './support/client.js'
import { answers, childrenOf, Project, poll, runs } from './support/dev-command.js'

export const title = 'addresses that cannot be had, and a parent that is killed'

export function application() {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return 'ok'
  }
}

export async function run({ short, check, clock }) {
  const project = new Project({ 'app.js': answers('ok') })
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address()
  // A machine that runs the whole test suite is slow in everything.
  const limit = short ? 10_000 : 1_000
  const refused = async (what, args, code, pattern) => {
    const ended = await project.run(['app.js', ...args])
    const oneLine = /^stapel: [^\n]+\n$/.test(ended.output)
    check(
      what,
      ended.code === code && oneLine && pattern.test(ended.output) && ended.milliseconds < limit,
      `${ended.output.trim()} (${ended.code}, ${Math.round(ended.milliseconds)} ms)`,
    )
  }
  try {
    await refused(
      'a port in use',
      ['--port', String(port)],
      1,
      new RegExp(`:${port}: the port is in use.*; .*--port`),
    )
    await refused('a port that is none', ['--port', '70000'], 2, /70000.*0 to 65535/)
    await refused(
      'a host that there is not',
      ['--host', 'no-such-host.invalid', '--port', '0'],
      1,
      /no host of this name|looked up/,
    )
    await refused(
      'an address of another machine',
      ['--host', '192.0.2.1', '--port', '0'],
      1,
      /no such address/,
    )
    mkdirSync(join(project.folder, 'closed'))
    chmodSync(join(project.folder, 'closed'), 0o500)
    if (process.getuid?.() !== 0)
      await refused('a socket without permission', ['--socket', 'closed/app.sock'], 1, /permission denied/)
    await refused('a socket in no directory', ['--socket', 'missing/app.sock'], 1, /directory|permission/)

    const free = await project.start()
    check('port 0 is told as the real one', (await get(free, '/')).status === 200 && free.port > 0, free.port)
    const { answer: children } = await poll(
      () => new Promise((resolve) => setImmediate(resolve, childrenOf(free.pid))),
      (found) => found.length === 2,
    )
    const start = performance.now()
    free.kill('SIGKILL')
    await free.ended
    await poll(
      () => new Promise((resolve) => setImmediate(resolve, children.some(runs))),
      (left) => !left,
    )
    const took = performance.now() - start
    clock('its processes end after it was killed', took, 2_000)
  } finally {
    holder.close()
    chmodSync(join(project.folder, 'closed'), 0o700)
    project.remove()
  }
}
