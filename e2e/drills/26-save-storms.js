import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { get } from './support/client.js'
import { answers, childrenOf, count, Project, poll, takes } from './support/dev-command.js'

export const title = 'storms of saves, and saves of every kind: few restarts, and none missed'

export function application() {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return 'ok'
  }
}

export async function run({ short, check }) {
  const project = new Project({
    'app.js': answers('first'),
    'ignored/other.js': '',
    'node_modules/some/index.js': '',
  })
  try {
    const server = await project.start(['app.js', '--port', '0', '--watch', '.', '--ignore', 'ignored/**'])
    const restarts = () => count(server.output(), /restarting$/gm)
    const served = (text) =>
      poll(
        async () => String((await get(server, '/')).body),
        (body) => body === text,
      )
    await served('first')
    await settled(server)

    const start = performance.now()
    const writes = 1_000
    for (let i = 1; i <= writes; i++) {
      project.save('app.js', answers(i === writes ? 'after the storm' : `storm ${i}`))
      // Spread over a second.
      while (performance.now() - start < i) await new Promise((resolve) => setImmediate(resolve))
    }
    const seconds = (performance.now() - start) / 1000
    await served('after the storm')
    await settled(server)
    // Three for a second; a machine that needs longer for the saves has pauses between them.
    const allowed = 2 + Math.ceil(seconds)
    check(`restarts for ${writes} saves within ${seconds.toFixed(1)} s`, restarts() <= allowed, restarts())

    project.saveByRename('app.js', answers('renamed'))
    await served('renamed')
    rmSync(join(project.folder, 'app.js'))
    await poll(
      async () => (await get(server, '/')).status,
      (status) => status === 500,
    )
    project.save('app.js', answers('made again'))
    await served('made again')
    check('saved by renaming, deleted and made again', true, 'served')

    await settled(server)
    const before = restarts()
    chmodSync(join(project.folder, 'app.js'), 0o600)
    for (let i = 0; i < 100; i++) {
      project.save('ignored/other.js', `// ${i}`)
      project.save('node_modules/some/index.js', `// ${i}`)
      project.save('.git/index', String(i))
    }
    // What is seen in order is seen after them.
    project.save('app.js', answers('last'))
    await served('last')
    await settled(server)
    check('restarts for chmod and for what is ignored', restarts() - before === 1, restarts() - before - 1)

    const idle = short ? 3_000 : 30_000
    const processes = [server.pid, ...childrenOf(server.pid)]
    const spent = () => processes.reduce((sum, pid) => sum + takes(pid).processor, 0)
    const spentBefore = spent()
    await new Promise((resolve) => setTimeout(resolve, idle))
    const part = ((spent() - spentBefore) / idle) * 100
    check(`the processor while nothing happens for ${idle / 1000} s`, part < 1, `${part.toFixed(2)} %`)
    await server.stop()
  } finally {
    project.remove()
  }
}

/** Settles when nothing was printed for a while: no restart is on its way. */
async function settled(server) {
  for (let before; before !== server.output(); ) {
    before = server.output()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
