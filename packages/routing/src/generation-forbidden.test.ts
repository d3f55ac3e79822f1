// Hosts that allow no code from texts: Workers, pages with a Content-Security-Policy, Node with the option that is used here.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

/** What a process answers that loads the package as it is published. */
async function answers(...options: string[]): Promise<{ tries: number; found: unknown[] }> {
  const index = new URL('../dist/index.js', import.meta.url).href
  const program = `
    import { int, Router } from ${JSON.stringify(index)}
    let tries = 0
    const construct = (target, given) => (tries++, Reflect.construct(target, given))
    globalThis.Function = new Proxy(Function, { construct })
    const app = () => ''
    const router = new Router()
      .get('/users/:id', app, { convert: { id: int() } })
      .get('/users/:name', app, { defaults: { page: 1 } })
      .post('/users/:name/:part', app)
      .get('/files/:name.:ext', app)
      .get('/files/*path', app)
      .get('/deep/*path/end/:last', app)
      .mount('/mount/:id', app)
      .get('/host/:id', app, { host: ':tenant.example.org' })
    for (let i = 0; i < 300; i++) router.get('/many' + i + '/:id', app)
    const paths = ['/users/7', '/users/a%20b', '/users/%zz', '/users/a/b', '/files/a.b', '/files/a/b%2F', '/deep/a/b/end/c',
      '/deep/a/b', '/mount/7/x', '/host/7', '/many299/x', '/many300/x', '/users/', '//users/7']
    const found = []
    for (let i = 0; i < 600; i++) {
      for (const [at, path] of paths.entries()) {
        const { rule, ...rest } = router.match(i % 2 ? 'GET' : 'POST', path, i % 3 ? undefined : 'red.example.org')
        found[at + (i % 6) * paths.length] = [path, rule?.pattern, rest]
      }
    }
    console.log(JSON.stringify({ tries, found }))`
  const { stdout } = await run(process.execPath, [...options, '--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
  return JSON.parse(stdout)
}

test('a router answers the same where code may not be generated', async () => {
  const allowed = await answers()
  const forbidden = await answers('--disallow-code-generation-from-strings')
  expect(allowed.tries).toBeGreaterThan(5)
  // A page with a Content-Security-Policy has each try reported.
  expect(forbidden.tries).toBe(1)
  expect(forbidden.found).toEqual(allowed.found)
  expect(allowed.found).toHaveLength(84)
})
