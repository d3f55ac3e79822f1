import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { basicAuth, dispatch, staticFiles } from '@stapel/middleware'
import { plain } from './support/applications.js'
import { inParallel, open, received } from './support/client.js'
import { paths } from './support/static-paths.js'

export const title = 'no path gives a byte from outside of a directory, or past a guard'

export function application(state) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stapel-drill-')))
  state.folder = folder
  const root = join(folder, 'root')
  for (const name of ['docs', 'private', '.git', '.well-known'])
    mkdirSync(join(root, name), { recursive: true })
  const write = (name, text) => writeFileSync(join(folder, name), text)
  for (const name of ['a.txt', 'docs/index.html', 'docs/a.txt']) write(`root/${name}`, `inside ${name}`)
  for (const name of ['page.txt', 'index.html']) write(`root/private/${name}`, 'BEHIND THE GUARD')
  for (const name of ['.env', '.git/config']) write(`root/${name}`, 'HIDDEN')
  write('secret.txt', 'OUTSIDE')
  symlinkSync('../secret.txt', join(root, 'out-link'))
  symlinkSync('..', join(root, 'out-folder'))
  symlinkSync('..', join(root, 'up'))
  symlinkSync('.env', join(root, 'env-link'))
  symlinkSync('.git', join(root, 'git-link'))
  symlinkSync('loop', join(root, 'loop'))
  symlinkSync('gone', join(root, 'broken'))
  execFileSync('mkfifo', [join(root, 'fifo')])
  const socket = createServer().listen(join(root, 'socket'))
  socket.unref()
  process.on('exit', () => rmSync(folder, { recursive: true }))

  const otherwise = (environ, startResponse) => {
    if (environ.PATH_INFO === '/') return plain(startResponse)
    startResponse('404 Not Found', [['Content-Type', 'text/plain']])
    return 'There is no such page.'
  }
  const everything = { listing: true, tryFiles: ['.html', '.txt'], precompressed: ['br', 'gzip'] }
  const guard = basicAuth({ ada: 'secret' })
  /** The folder that is guarded is in the directory that is not, as it is where people add a guard later. */
  const behind = (options) =>
    dispatch(
      { '/private': guard(staticFiles({ '/': join(root, 'private') }, options)(otherwise)) },
      { default: staticFiles({ '/': root }, options)(otherwise) },
    )
  return dispatch(
    {
      'alone.example': staticFiles({ '/': join(root, 'docs'), '/all': root })(otherwise),
      'mounted.example': dispatch(
        { '/app': staticFiles({ '/static': root })(otherwise) },
        { default: otherwise },
      ),
      'guarded.example': behind({}),
      'generous.example': behind(everything),
    },
    { default: otherwise },
  )
}

const servers = [
  ['alone.example', '/', false],
  ['alone.example', '/all/', false],
  ['mounted.example', '/app/static/', false],
  ['guarded.example', '/', true],
  ['guarded.example', '/docs/', true],
  ['generous.example', '/', true],
]

export async function run({ target, short, check }) {
  const { folder } = await target.ask('state')
  check('paths, at least 300', paths.length >= 300, paths.length)
  await seeThatFilesAreServed(target, check)
  const asked = short ? servers.filter(([, prefix]) => prefix !== '/docs/').slice(1) : servers
  const requests = asked.flatMap(([host, prefix, isGuarded]) =>
    paths.map((path) => ({ host, path: prefix + path, isGuarded })),
  )
  const before = await target.ask('sample')
  const answers = await inParallel(requests.length, 4, async (index) => {
    const request = requests[index]
    const start = performance.now()
    const text = await ask(target, request)
    return { ...request, text, took: performance.now() - start, status: Number(text.slice(9, 12)) }
  })
  const list = (found) =>
    found.length === 0
      ? 0
      : found.map(({ host, path, text }) => `${host}${path.slice(0, 80)}: ${text.slice(0, 200)}`).join('\n')
  const count = (what, wrong) => check(what, wrong.length === 0, list(wrong))
  count(
    'answers with a byte from outside',
    answers.filter(({ text }) => text.includes('OUTSIDE') || text.includes('root:x:')),
  )
  count(
    'answers with a byte of a hidden file',
    answers.filter(({ text }) => text.includes('HIDDEN')),
  )
  count(
    'answers with a byte from behind the guard',
    answers.filter(({ text, isGuarded }) => isGuarded && text.includes('BEHIND THE GUARD')),
  )
  count(
    'answers that tell where the directory lies',
    answers.filter(({ text }) => text.includes(folder)),
  )
  count(
    'answers with a header that a path brought in',
    answers.filter(({ text }) => /^X-Injected/im.test(text)),
  )
  count(
    'redirects to another host',
    answers.filter(({ text }) => /^Location: (?!\/(?![/\\]))/im.test(text)),
  )
  count(
    'answers other than 200, 308, 400, 401, 404 and 431',
    answers.filter(({ status }) => ![200, 308, 400, 401, 404, 431].includes(status)),
  )
  count(
    'answers that took longer than 1 s',
    answers.filter(({ took }) => took > 1_000),
  )
  const after = await target.ask('sample')
  check(
    'file handles back to the start',
    after.files <= before.files + 2,
    `${after.files} of ${before.files}`,
  )
}

/** What never gives a file proves nothing: the files that are meant are given. */
async function seeThatFilesAreServed(target, check) {
  const authorization = `Authorization: Basic ${btoa('ada:secret')}\r\n`
  const expected = [
    ['alone.example', '/a.txt', 'inside docs/a.txt'],
    ['alone.example', '/all/a.txt', 'inside a.txt'],
    ['mounted.example', '/app/static/docs/', 'inside docs/index.html'],
    ['guarded.example', '/a.txt', 'inside a.txt'],
    ['guarded.example', '/private/page.txt', 'HTTP/1.1 401 '],
    ['guarded.example', '/private/page.txt', 'BEHIND THE GUARD', authorization],
    ['generous.example', '/private/page', 'HTTP/1.1 401 '],
    ['generous.example', '/private/page', 'BEHIND THE GUARD', authorization],
    ['generous.example', '/', 'Index of /'],
  ]
  const missing = []
  for (const [host, path, text, headers] of expected) {
    if (!(await ask(target, { host, path, headers })).includes(text)) missing.push(`${host}${path}`)
  }
  check(
    `files and listings that are meant, of ${expected.length}`,
    missing.length === 0,
    expected.length - missing.length,
  )
}

async function ask(target, { host, path, headers = '' }) {
  const socket = await open(target)
  socket.write(
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}Connection: close\r\n\r\n`, 'latin1'),
  )
  return received(socket, 5_000)
}
