import { Agent } from 'node:http'
import { get } from './support/client.js'
import { answers, childrenOf, Project, poll, takes } from './support/dev-command.js'
import { mebibytes } from './support/run-drill.js'

export const title = 'saves that break the application, and their mending, again and again'

export function application() {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return 'ok'
  }
}

/** What can be wrong with a save, and what the page says then. */
const mistakes = [
  ['a syntax error', (round) => `const = ${round}\n`, /SyntaxError[\s\S]*app\.js:1/],
  [
    'a throw while it loads',
    (round) => `\nthrow new Error('round ${round}')\n`,
    /Error: round \d+[\s\S]*app\.js:2/,
  ],
  [
    'an import that finds nothing',
    (round) => `import './missing-${round}.js'\n`,
    /missing-\d+\.js[\s\S]*app\.js/,
  ],
]

export async function run({ short, check }) {
  const cycles = short ? 10 : 100
  const project = new Project({ 'app.js': answers('0') })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const server = await project.start()
    const ask = async () => {
      const { status, body } = await get(server, '/', { agent })
      return { status, text: String(body) }
    }
    const broken = []
    const mended = []
    let shown = 0
    let before
    for (let round = 1; round <= cycles; round++) {
      const [, mistake, page] = mistakes[round % mistakes.length]
      project.save('app.js', mistake(round))
      const failed = await poll(ask, ({ status }) => status === 500)
      broken.push(failed.milliseconds)
      if (page.test(failed.answer.text)) shown++
      project.save('app.js', answers(String(round)))
      const { milliseconds } = await poll(ask, ({ text }) => text === String(round))
      mended.push(milliseconds)
      if (round === Math.ceil(cycles / 4)) before = takes(server.pid)
    }
    check('pages that show the file and the line', shown === cycles, `${shown} of ${cycles}`)
    check('mended saves that are served', mended.length === cycles, `${mended.length} of ${cycles}`)
    const limit = short ? 10_000 : 2_000
    check('an error is shown within', Math.max(...broken) < limit, `${Math.round(Math.max(...broken))} ms`)
    check(
      'a mended save is served within',
      Math.max(...mended) < limit,
      `${Math.round(Math.max(...mended))} ms`,
    )
    const printed = server.output()
    check(
      'errors in the terminal, with their place',
      /> 1 \| const = /.test(printed) && /> 2 \| throw/.test(printed),
      true,
    )
    const { answer: children } = await poll(
      () => new Promise((resolve) => setImmediate(resolve, childrenOf(server.pid).length)),
      (left) => left <= 2,
    )
    check('processes: one that answers, one that waits', children <= 2, children)
    const { answer: after } = await poll(
      () => new Promise((resolve) => setImmediate(resolve, takes(server.pid))),
      ({ files }) => files <= before.files + 6,
    )
    check('open files of the parent', true, `${after.files}, before ${before.files}`)
    const grown = after.memory - before.memory
    check(
      'memory of the parent is flat',
      grown < 32 * 1_048_576,
      `${mebibytes(after.memory)}, ${mebibytes(grown)} more`,
    )
    await server.stop()
  } finally {
    agent.destroy()
    project.remove()
  }
}
