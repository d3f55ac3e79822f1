/** The commands that start an application, and which of them start it again when it is saved. */
import { fileURLToPath } from 'node:url'

const own = (path) => fileURLToPath(new URL(path, import.meta.url))
const tool = (name) => own(`../node_modules/.bin/${name}`)
const node = process.execPath

/** What plain Node needs for the file: nothing where it strips types, or there are none. */
const loader = (main) =>
  main.endsWith('.ts') && !process.features.typescript ? ['--import', import.meta.resolve('tsx')] : []

/** Each has the `kind` of program that it runs, and its line; `plain` does not reload. */
export const commands = {
  plain: { kind: 'listening', line: (main) => [node, ...loader(main), main] },
  stapel: {
    kind: 'stapel',
    line: (main, port) => [node, own('../../packages/devserver/bin/stapel.js'), main, '--port', port],
  },
  nodemon: {
    kind: 'listening',
    line: (main) => [
      tool('nodemon'),
      '--quiet',
      '--ext',
      'mjs,ts',
      '--exec',
      [node, ...loader(main), main].join(' '),
    ],
  },
  'node --watch': { kind: 'listening', line: (main) => [node, ...loader(main), '--watch', main] },
  'tsx watch': { kind: 'listening', line: (main) => [tool('tsx'), 'watch', main] },
  srvx: {
    kind: 'fetch',
    line: (main, port) => [
      tool('srvx'),
      'serve',
      ...loader(main),
      '--entry',
      `./${main}`,
      '--port',
      port,
      '--host',
      '127.0.0.1',
    ],
  },
}
