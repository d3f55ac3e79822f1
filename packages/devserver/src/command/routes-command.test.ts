import { expect, test } from 'vitest'
import { createProject, stapel } from '../stapel-command.test-support.ts'

/** An application that chooses, and a layer around it; as a router does, it says so in its outline. */
const app = `import { stack } from '@stapel/core'
function router() { return '' }
router[Symbol.for('stapel.outline')] = () => [
  { name: 'GET /', row: { methods: ['GET'], pattern: '/', application: 'home' } },
  { name: 'GET /users/:id (user)', row: { methods: ['GET'], pattern: '/users/:id', name: 'user', application: 'show' } },
]
function log(inner) { return (environ, startResponse) => inner(environ, startResponse) }
export const app = stack(router, log)
setInterval(() => {}, 1000)
`

test('stapel routes prints layers and rules, and ends', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['routes', 'app.js:app'])
  expect(await running.ended).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'log',
      '  router',
      '    methods  pattern     name  application',
      '    GET      /                 home',
      '    GET      /users/:id  user  show',
      '',
    ].join('\n'),
  })
})

test('as JSON', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['routes', 'app.js', '--json'])
  const { code, stdout } = await running.ended
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'log',
    children: [{ name: 'router', children: [{ row: { pattern: '/' } }, { row: { pattern: '/users/:id' } }] }],
  })
})

test('long output reaches a pipe whole', async () => {
  const rule = "{ name: '/', row: { pattern: '/'.padEnd(1000, 'x') } }"
  await using project = createProject({
    'app.js': app.replace(/\[\n[\s\S]*?\n\]/, `Array(500).fill(${rule})`),
  })
  await using running = stapel(project.directory, ['routes', 'app.js', '--json'])
  const { stdout } = await running.ended
  expect(JSON.parse(stdout).children[0].children.length).toBe(500)
})

test('what the application throws while it is loaded is shown on standard error', async () => {
  await using project = createProject({ 'app.js': "throw new Error('not today')\n" })
  await using running = stapel(project.directory, ['routes', 'app.js'])
  const { code, stdout, stderr } = await running.ended
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/Error: not today[\s\S]*app\.js:1:7[\s\S]*stapel: app\.js could not be loaded\.\n$/)
})

test('an export that there is not is one line', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['routes', 'app.js:other'])
  expect(await running.ended).toEqual({
    code: 1,
    stdout: '',
    stderr: 'stapel: app.js has no export "other"; it exports app.\n',
  })
})

test('looks for the application where none is named, and says where there is none', async () => {
  await using project = createProject({ 'app.js': app })
  expect(await stapel(project.directory, ['routes']).ended).toMatchObject({ code: 0, stderr: '' })
  await using empty = createProject({})
  expect(await stapel(empty.directory, ['routes']).ended).toMatchObject({
    code: 2,
    stderr: 'stapel: Name the application whose routes to print, as in: stapel routes app.ts:app\n',
  })
})

test('an application that ends the process while it is loaded is told, with exit code 1', async () => {
  await using project = createProject({ 'app.js': 'process.exit(0)' })
  expect(await stapel(project.directory, ['routes', 'app.js']).ended).toEqual({
    code: 1,
    stdout: '',
    stderr: 'stapel: app.js has ended the process with exit code 0.\n',
  })
})

test('an application without a router is named, and why there is nothing more', async () => {
  await using project = createProject({ 'app.js': 'export default { fetch: () => new Response("") }' })
  const { code, stdout, stderr } = await stapel(project.directory, ['routes', 'app.js']).ended
  expect([code, stdout]).toEqual([0, 'fromFetch\n'])
  expect(stderr).toMatch(/^stapel: No router of @stapel\/routing is in it/)
})
