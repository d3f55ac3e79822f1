import { expect, test } from 'vitest'
import { createProject, stapel } from '../stapel-command.test-support.ts'

const broken = `export function app(environ, startResponse) {
  if (environ.PATH_INFO === '/%zz') throw new TypeError('not this one')
  startResponse('200 OK', environ.REQUEST_METHOD === 'POST' ? [['Bad Name', 'x']] : [])
  return 'Hello'
}
setInterval(() => {}, 1000)
`

test('says what breaks the protocol, with exit code 1', async () => {
  await using project = createProject({ 'app.js': broken })
  const { code, stdout, stderr } = await stapel(project.directory, ['check', 'app.js:app']).ended
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout).toContain('fine    GET / 200\n')
  expect(stdout).toContain('threw   GET /%zz 500\n        TypeError: not this one\n')
  expect(stdout).toMatch(
    /\nbroken {2}POST \/ without a body 500\n {8}app: Got the header name "Bad Name"; .* \(protocol 3\.4\)\n/,
  )
  expect(stdout).toMatch(/\n\n\d+ probes: 5 broke the protocol; the application threw in 1\.\n$/)
})

test('says the same as JSON, and ends with 0 where nothing is broken', async () => {
  await using project = createProject({
    'express.cjs': `const app = require('express')()
app.get('/', (req, res) => res.send('Hello'))
module.exports = app
`,
  })
  const { code, stdout } = await stapel(project.directory, ['check', 'express.cjs', '--json']).ended
  expect(code).toBe(0)
  const { target, broken, probes } = JSON.parse(stdout)
  expect([target, broken]).toEqual(['express.cjs', 0])
  expect(probes[0]).toEqual({ name: 'GET /', status: 200, findings: [] })
})

test('tells what nobody caught', async () => {
  const loose = broken.replace(
    "throw new TypeError('not this one')",
    "Promise.reject(new Error('nobody waits'))",
  )
  await using project = createProject({ 'app.js': loose.replace("'POST'", "'NONE'") })
  const { code, stdout } = await stapel(project.directory, ['check', 'app.js']).ended
  expect(code).toBe(1)
  expect(stdout).toContain('broken  GET /%zz 200\n        Nobody caught Error: nobody waits\n')
  expect(stdout).toContain('probes: 1 broke the protocol.\n')
})

test('looks for the application where none is named, and tells what is found again in short', async () => {
  await using project = createProject({ 'src/app.js': 'export default () => Promise.reject(5)' })
  const { code, stdout } = await stapel(project.directory, ['check', '--as', 'stapel']).ended
  expect(code).toBe(0)
  expect(stdout).toMatch(/^threw {3}GET \/ 500\n {8}5\nthrew {3}HEAD \/ 500\n {8}as for GET \/\n/)
})

test('an application that ends the process is told, with exit code 1, and the rest is not asked', async () => {
  await using project = createProject({
    'app.js': `export const app = (environ, startResponse) => {
  if (environ.REQUEST_METHOD === 'POST') process.exit(0)
  startResponse('200 OK', [])
  return 'Hello'
}
`,
    'exits.js': 'process.exit(0)',
  })
  const { code, stdout, stderr } = await stapel(project.directory, ['check', 'app.js']).ended
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(
    /\nfine {4}OPTIONS \* 200\nbroken {2}POST \/ without a body\n {8}The process of the application ended with exit code 0: the rest is not asked\.\n\n6 probes: 1 broke the protocol\.\n$/,
  )
  expect(await stapel(project.directory, ['check', 'exits.js']).ended).toEqual({
    code: 1,
    stdout: '',
    stderr: 'stapel: exits.js has ended the process with exit code 0.\n',
  })
}, 60_000)

test('an application that blocks its process is told, with exit code 1, and the command ends', async () => {
  await using project = createProject({
    'app.js': `export const app = (environ, startResponse) => {
  if (environ.REQUEST_METHOD === 'PROPFIND') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  startResponse('200 OK', [])
  return 'Hello'
}
`,
  })
  const { code, stdout } = await stapel(project.directory, ['check', 'app.js', '--json']).ended
  expect(code).toBe(1)
  const { broken, probes } = JSON.parse(stdout)
  expect(broken).toBe(1)
  expect(probes.at(-1)).toEqual({
    name: 'PROPFIND /',
    findings: [
      {
        kind: 'protocol',
        clause: '5',
        message: expect.stringMatching(
          /^The application blocks its process: nothing was heard of it for 10 s/,
        ),
      },
    ],
  })
}, 60_000)

// Standard output is that process's as well: it closes with the last that has it.
test('a signal that ends the command ends a process that is blocked', async () => {
  await using project = createProject({
    'app.js': `export const app = () => {
  console.log('asked')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
`,
  })
  const running = stapel(project.directory, ['check', 'app.js'])
  await running.printed(/asked/)
  running.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ code: 143 })
})

test('the process of the application ends with that of the command, however that ends', async () => {
  await using project = createProject({
    'app.js': `export const app = () => {
  console.log('asked')
  return new Promise(() => {})
}
`,
  })
  const running = stapel(project.directory, ['check', 'app.js'])
  await running.printed(/asked/)
  running.kill('SIGKILL')
  expect(await running.ended).toMatchObject({ code: null })
})
