/** What a user gets: the packages packed, installed with plain npm outside the workspace, run, and type-checked. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  installInEmptyFolder,
  type PackageName,
  packAll,
  packages,
  run,
  type Tarballs,
  workspace,
} from './pack.ts'

const bin = join(workspace, 'node_modules/.bin')
let tarballs: Tarballs

beforeAll(async () => {
  tarballs = await packAll()
}, 120_000)
afterAll(() => tarballs?.remove())

/** Runs a program of ten lines or so, and type-checks it under both module resolutions; its declarations name what it exports by what the packages export. */
async function tryProgram(folder: string, source: string, types: readonly string[]): Promise<string> {
  await writeFile(join(folder, 'program.mts'), source)
  for (const [module, moduleResolution] of [
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'bundler'],
  ] as const) {
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      declaration: true,
      target: 'ES2022',
      module,
      moduleResolution,
      types,
      outDir: moduleResolution,
    }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.mts'] }),
    )
    await run(join(bin, 'tsc'), ['-p', folder], folder)
    const declarations = await readFile(join(folder, moduleResolution, 'program.d.mts'), 'utf8')
    expect(declarations).not.toMatch(/node_modules|\/dist\//)
  }
  return run(process.execPath, ['NodeNext/program.mjs'], folder)
}

test('core installs alone, without any dependency, and its types need no other package', async () => {
  const folder = await installInEmptyFolder(tarballs, 'core-alone', [tarballs.path('core')])
  expect(await readdir(join(folder, 'node_modules/@stapel'))).toEqual(['core'])
  expect((await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
    '@stapel',
  ])
  const printed = await tryProgram(
    folder,
    `import { type Application, type Environ, outline, stack } from '@stapel/core'
import { formatHttpDate } from '@stapel/core/http'

const hello: Application = function hello(environ, startResponse) {
  startResponse('200 OK', [['Date', formatHttpDate(0)]])
  return \`Hello from \${environ.PATH_INFO}\`
}
const app = stack(hello)
const body = app({ PATH_INFO: '/here' } as Environ, (status) => (console.log(status), () => {}))
console.log(await body, String(outline(app)))
`,
    [],
  )
  expect(printed).toBe('200 OK\nHello from /here hello\n')
}, 120_000)

test('core serves on Node', async () => {
  const folder = await installInEmptyFolder(tarballs, 'core-node', [tarballs.path('core'), '@types/node@20'])
  const printed = await tryProgram(
    folder,
    `import { serve } from '@stapel/core/node'

const running = await serve(
  (environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return \`Hello from \${environ.PATH_INFO}\`
  },
  { port: 0 },
)
console.log(await (await fetch(running.url + '/here')).text())
await running.close()
`,
    ['node'],
  )
  expect(printed).toBe('Hello from /here\n')
}, 120_000)

test('core serves a fetch host and a CGI script, and needs no types of Node for the first', async () => {
  const folder = await installInEmptyFolder(tarballs, 'core-fetch', [tarballs.path('core')])
  const printed = await tryProgram(
    folder,
    `import { fetchHandler, fromFetch } from '@stapel/core/fetch'

const inner = fromFetch((request) => new Response('Hello from ' + new URL(request.url).pathname))
const answer = await fetchHandler(inner)(new Request('http://localhost/here'))
console.log(await answer.text())
`,
    [],
  )
  expect(printed).toBe('Hello from /here\n')
  await writeFile(
    join(folder, 'script.mjs'),
    `import { runCgi } from '@stapel/core/cgi'

await runCgi((environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return environ.REQUEST_METHOD + ' ' + environ.PATH_INFO
})
`,
  )
  const cgi = {
    REQUEST_METHOD: 'GET',
    REQUEST_URI: '/a',
    PATH_INFO: '/a',
    SCRIPT_NAME: '',
    SERVER_PROTOCOL: 'HTTP/1.1',
  }
  const variables = {
    ...cgi,
    SERVER_NAME: 'localhost',
    SERVER_PORT: '80',
    GATEWAY_INTERFACE: 'CGI/1.1',
    HTTP_HOST: 'a',
  }
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const answered = await run('env', [...words, process.execPath, 'script.mjs'], folder)
  expect(answered).toMatch(/^Status: 200 OK\r?\n[\s\S]*GET \/a$/)
}, 120_000)

const programs: readonly (readonly [PackageName, readonly PackageName[], string, string])[] = [
  [
    'wrappers',
    ['core'],
    `import { Request, Response } from '@stapel/wrappers'
import { serve } from '@stapel/core/node'

const app = Request.application((request) => Response.json({ path: request.path, name: request.args.get('name') }))
const running = await serve(app, { port: 0 })
console.log(await (await fetch(running.url + '/a?name=Ada')).text())
await running.close()
`,
    '{"path":"/a","name":"Ada"}\n',
  ],
  [
    'routing',
    ['core'],
    `import type { Application } from '@stapel/core'
import { int, Router } from '@stapel/routing'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [])
  return JSON.stringify(environ['stapel.params'])
}
export const users = new Router().get('/:id', show, { name: 'user', convert: { id: int({ min: 1 }) } })
export const router = new Router()
  .mount('/:team/users', users, { name: 'users.' })
  .group({ prefix: '/posts', name: 'posts.', defaults: { page: 1 } }, (posts) =>
    posts
      .get('{/:page}', show, { name: 'list', convert: { page: int() } })
      .get('/latest', show, { name: 'latest' }),
  )
  .host(':tenant.example.org', (tenants) => tenants.get('/', show, { name: 'tenant' }))
  .add([{ pattern: '/tags/*path', app: show, name: 'tag' }])
export const { url, group, add, mount, buildOnly, host } = router
export const posts = router.group({ prefix: '/drafts/:id' })
console.log(router.url('users.user', { team: 'red', id: 42 }))
`,
    '/red/users/42\n',
  ],
  [
    'middleware',
    ['core'],
    `import { stack } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { proxyFix, unavailable } from '@stapel/middleware'
import { compress } from '@stapel/middleware/compress'

const broken = () => Promise.reject(new Error('on purpose'))
const errors = { write() {}, flush() {} }
const app = stack(broken, proxyFix(), unavailable({ contact: 'webmaster@example.org' }), compress())
const running = await serve(app, { port: 0, errors })
console.log((await fetch(running.url)).status)
await running.close()
`,
    '503\n',
  ],
  [
    'testing',
    ['core', 'wrappers'],
    `import { Client } from '@stapel/testing'

const client = new Client((environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return environ.REQUEST_METHOD
})
const answer = await client.get('/')
console.log(answer.status, answer.text())
`,
    '200 GET\n',
  ],
]

test('routers of every form are exported with declarations that name only what the package exports', async () => {
  const tars = [tarballs.path('core'), tarballs.path('routing')]
  const folder = await installInEmptyFolder(tarballs, 'routing-exported', [...tars, '@types/node@20'])
  const printed = await tryProgram(
    folder,
    `import type { Application } from '@stapel/core'
import { int, oneOf, Router } from '@stapel/routing'

const app: Application = () => ''
export const below = Router.below('/in/:country', { convert: { country: oneOf('fr', 'de') } })
  .get('/teams/:id', app, { name: 'team', defaults: { page: 1 } })
export const router = new Router()
  .get('/users/:id{/:part}', app, { name: 'user', convert: { id: int() }, defaults: { part: 'all' } })
  .add([{ pattern: '/list/:id', app, name: 'list', convert: { id: int() } }])
  .buildOnly('/files/*path', { name: 'file' })
  .host(':tenant.example.org', (tenant) => tenant.get('/', app, { name: 'tenant' }))
  .group({ prefix: '/:site', name: 'site.', convert: { site: int() }, defaults: { lang: 'en' } }, (site) =>
    site.get('/', app, { name: 'home' }).mount('/in/:country', below, { convert: { country: oneOf('fr', 'de') } }),
  )
export const snapshot = router.snapshot()
export const outer = new Router().mount('/a/:b', router, { name: 'a.' }).mount('/s', snapshot, { name: 's.' })
export const group = router.group({ prefix: '/c/:d', name: 'c.', convert: { d: int() } })
export const inner = group.group({ prefix: '/e/:f' }).get('/', app, { name: 'g' })
export const named = <const Pattern extends string, const Name extends string>(pattern: Pattern, name: Name) =>
  new Router().get(pattern, app, { name })
export const mounted = <const Prefix extends string>(prefix: Prefix) => Router.below(prefix).get('/', app, { name: 'x' })
export const { app: answers, get } = router
export const parts = { below: below.app, match: router.match('GET', '/'), url: () => router.url }
console.log(outer.url('a.user', { b: 'x', id: 1 }), named('/:y', 'y').url('y', { y: 'z' }))
`,
    ['node'],
  )
  expect(printed).toBe('/a/x/users/1 /z\n')
}, 120_000)

test.each(programs)(
  '%s runs and type-checks with what it depends on, and no more',
  async (name, dependencies, source, printed) => {
    const tars = [name, ...dependencies].map((dependency) => tarballs.path(dependency as PackageName))
    const folder = await installInEmptyFolder(tarballs, `${name}-alone`, [...tars, '@types/node@20'])
    expect((await readdir(join(folder, 'node_modules/@stapel'))).sort()).toEqual(
      [name, ...dependencies].sort(),
    )
    expect(await tryProgram(folder, source, ['node'])).toBe(printed)
  },
  120_000,
)

test('devserver brings the stapel command', async () => {
  const tars = (['core', 'middleware', 'devserver'] as const).map((name) => tarballs.path(name))
  const folder = await installInEmptyFolder(tarballs, 'devserver-alone', tars)
  const { version } = JSON.parse(await readFile(join(workspace, 'packages/devserver/package.json'), 'utf8'))
  const stapel = (...args: string[]): Promise<string> =>
    run(join(folder, 'node_modules/.bin/stapel'), args, folder)
  expect(await stapel('--version')).toContain(version)
  await writeFile(
    join(folder, 'app.mjs'),
    "export const app = (environ, startResponse) => (startResponse('200 OK', []), environ.PATH_INFO)",
  )
  expect(await stapel('call', 'app.mjs', '/from/the/package')).toBe('/from/the/package')
}, 120_000)

describe.each(packages)('the tarball of %s', (name) => {
  test('holds no tests, and says nothing of the workspace', async () => {
    const listed = await run('tar', ['-tzf', tarballs.path(name)], tarballs.folder)
    expect(listed).toContain('package/dist/index.js')
    expect(listed).toContain('package/LICENSE')
    expect(listed).toContain('package/README.md')
    expect(listed).not.toMatch(/\.test\.|test-d|test-support|tsbuildinfo/)
    const manifest = await run('tar', ['-xzOf', tarballs.path(name), 'package/package.json'], tarballs.folder)
    expect(manifest).not.toMatch(/workspace:|@stapel\/source/)
  })

  test('is clean to publint', async () => {
    const folder = join(tarballs.folder, `publint-${name}`)
    await run('mkdir', [folder], tarballs.folder)
    await run('tar', ['-xzf', tarballs.path(name), '-C', folder, '--strip-components=1'], tarballs.folder)
    const { messages } = await publint({ pkgDir: folder, pack: false, strict: true })
    expect(messages).toEqual([])
  })

  test('is clean to attw', async () => {
    await run(
      join(bin, 'attw'),
      [tarballs.path(name), '--profile', 'esm-only', '--no-emoji'],
      tarballs.folder,
    )
  }, 60_000)
})
