import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, isPromise, outline, stack } from '@stapel/core'
import { applicationShapes, Client, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { staticFiles } from './static-files.ts'

let directory: string
let root: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stapel-static-files-'))
  root = join(directory, 'root')
  await mkdir(join(root, 'docs/empty'), { recursive: true })
  await mkdir(join(root, '.well-known'))
  await mkdir(join(root, '.git'))
  await mkdir(join(root, 'a+b'))
  await mkdir(join(directory, 'root-old'))
  await mkdir(join(directory, 'more'))
  await writeFile(join(root, 'a.txt'), 'inside a')
  await writeFile(join(root, 'über uns.txt'), 'inside ü')
  await writeFile(join(root, 'a+b/c.txt'), 'inside a+b')
  await writeFile(join(root, 'docs/index.html'), 'inside index')
  await writeFile(join(root, '.env'), 'hidden')
  await writeFile(join(root, '.git/config'), 'hidden')
  await writeFile(join(root, '.well-known/security.txt'), 'inside well-known')
  await symlink('.env', join(root, 'env.txt'))
  await symlink('../secret.txt', join(root, 'link.txt'))
  await symlink('..', join(root, 'up'))
  await writeFile(join(directory, 'secret.txt'), 'outside')
  await writeFile(join(directory, 'root-old/a.txt'), 'outside')
  await writeFile(join(directory, 'more/b.txt'), 'inside more b')
  await writeFile(join(directory, 'more/a.txt'), 'inside more a')
})

afterAll(() => rm(directory, { recursive: true }))

/** What is not ours comes here. */
const inner: Application = (environ, startResponse) => {
  startResponse('404 Not Found', [['X-Inner', 'yes']])
  return `inner ${environ.SCRIPT_NAME}|${environ.PATH_INFO}`
}

describe('a file below a mount', () => {
  test('is given with its type, length and validators', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root }, { maxAge: 3600 })))
    const answer = await client.get('/static/a.txt?v=1')
    expect(answer.status).toBe(200)
    expect(answer.text()).toBe('inside a')
    expect(Object.fromEntries(answer.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=3600',
      'content-length': '8',
      'content-type': 'text/plain; charset=utf-8',
      etag: expect.stringMatching(/^(W\/)?"8-[0-9a-f]+"$/),
      'last-modified': expect.stringMatching(/GMT$/),
      'x-content-type-options': 'nosniff',
    })
  })

  test('is found under its decoded name', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root })))
    expect((await client.get('/static/%C3%BCber%20uns.txt')).text()).toBe('inside ü')
  })

  test('answers another method with 405 and Allow', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root })))
    const answer = await client.post('/static/a.txt', { body: 'x' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('Allow')).toBe('GET, HEAD')
  })

  test('is private where the client has identified itself', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root }, { maxAge: 60, immutable: true })))
    const answer = await client.get('/static/a.txt', { headers: { Authorization: 'Basic eDp5' } })
    expect(answer.headers.get('Cache-Control')).toBe('private, max-age=60, immutable')
  })
})

describe('what is not ours goes to the application inside', () => {
  test.each(applicationShapes)('as it came, over $name', async ({ make }) => {
    const app = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one', 'two'] })
    const client = new Client(stack(app, staticFiles({ '/static': root })))
    for (const target of ['/elsewhere', '/static/missing.txt']) {
      const answer = await client.get(target)
      expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'onetwo'])
    }
  })

  test('with the environ and startResponse that came, and no promise, where no mount matches', () => {
    const body = ['kept']
    let got: unknown[] = []
    const app = staticFiles({ '/static': root })((environ, startResponse) => {
      got = [environ, startResponse]
      return body
    })
    const environ = createEnviron('/static-old/a.txt')
    const startResponse = () => () => {}
    expect(app(environ, startResponse)).toBe(body)
    expect(got[0]).toBe(environ)
    expect(got[1]).toBe(startResponse)
  })

  test('without a promise where the path alone rules a file out', () => {
    const app = staticFiles({ '/static': root })(() => 'inner')
    expect(isPromise(app(createEnviron('/static/.env'), () => () => {}))).toBe(false)
  })

  test('with any method, when there is no file', async () => {
    const client = new Client(stack(inner, staticFiles({ '/': root })))
    expect((await client.post('/api', { body: 'x' })).text()).toBe('inner |/api')
  })

  test.each([
    '/static/a.txt/',
    '/static/a.txt/b',
    '/static/docs/empty/',
    '/static/docs/empty',
    '/static/up/secret.txt',
  ])('when %s is no file', async (target) => {
    const client = new Client(stack(inner, staticFiles({ '/static': root })))
    expect((await client.get(target)).text()).toBe(`inner |${target}`)
  })
})

describe('mounts', () => {
  test('the longest prefix is looked at first, then the shorter ones', async () => {
    const client = new Client(stack(inner, staticFiles({ '/': root, '/more': join(directory, 'more') })))
    expect((await client.get('/more/a.txt')).text()).toBe('inside more a')
    expect((await client.get('/a.txt')).text()).toBe('inside a')
    expect((await client.get('/more/c.txt')).text()).toBe('inner |/more/c.txt')
    expect((await client.get('/b.txt')).text()).toBe('inner |/b.txt')
  })

  test('a file missing below the longer prefix is found below the shorter one', async () => {
    const client = new Client(stack(inner, staticFiles({ '/': root, '/docs': join(directory, 'more') })))
    expect((await client.get('/docs/')).text()).toBe('inside index')
  })

  test('a single file has a path of its own, and may be hidden or a link: it was named', async () => {
    const mounts = { '/favicon': join(root, '.env'), '/link': join(root, 'link.txt') }
    const client = new Client(stack(inner, staticFiles(mounts)))
    expect((await client.get('/favicon')).text()).toBe('hidden')
    expect((await client.get('/link')).text()).toBe('outside')
    expect((await client.get('/favicon/')).text()).toBe('inner |/favicon/')
  })

  test('what the first place of a mount does not have comes from the next', async () => {
    const client = new Client(stack(inner, staticFiles({ '/': [join(directory, 'more'), root] })))
    expect((await client.get('/a.txt')).text()).toBe('inside more a')
    expect((await client.get('/b.txt')).text()).toBe('inside more b')
    expect((await client.get('/docs/')).text()).toBe('inside index')
    expect((await client.get('/c.txt')).text()).toBe('inner |/c.txt')
  })

  test('only PATH_INFO is matched where the stack is mounted below a prefix', async () => {
    const app = stack(inner, staticFiles({ '/static': root }))
    const client = new Client(app, { environ: { SCRIPT_NAME: '/app', PATH_INFO: '/static/a.txt' } })
    expect((await client.get('/app/static/a.txt')).text()).toBe('inside a')
    const elsewhere = new Client(app, { environ: { SCRIPT_NAME: '/static', PATH_INFO: '/a.txt' } })
    expect((await elsewhere.get('/static/a.txt')).text()).toBe('inner /static|/a.txt')
  })

  test('a root that is itself a link is followed', async () => {
    await symlink('root', join(directory, 'current'))
    const client = new Client(stack(inner, staticFiles({ '/static': join(directory, 'current') })))
    expect((await client.get('/static/a.txt')).text()).toBe('inside a')
  })

  test('the layer has a name', () => {
    expect(String(outline(stack(inner, staticFiles({ '/static': root }))))).toBe('staticFiles\n  inner')
  })

  test('misuse throws when the layer is made', () => {
    expect(() => staticFiles({ '/static': join(directory, 'missing') })).toThrow('missing')
    expect(() => staticFiles({ '/static': root }, { maxAge: -1 })).toThrow('got -1 for the option maxAge')
  })
})

describe('paths stay inside', () => {
  test.each(['/static/.env', '/static/.git/config', '/static/.git/', '/static/env.txt'])(
    'a dotfile is as absent: %s (P6)',
    async (target) => {
      const client = new Client(stack(inner, staticFiles({ '/static': root })))
      expect((await client.get(target)).text()).toBe(`inner |${target}`)
    },
  )

  test('dotfiles are served when allowed, .well-known always (P6)', async () => {
    const client = new Client(
      stack(inner, staticFiles({ '/static': root, '/all': root }, { dotfiles: 'allow' })),
    )
    expect((await client.get('/static/.git/config')).text()).toBe('hidden')
    expect((await client.get('/static/env.txt')).text()).toBe('hidden')
    const strict = new Client(stack(inner, staticFiles({ '/': root })))
    expect((await strict.get('/.well-known/security.txt')).text()).toBe('inside well-known')
  })

  test.each([
    '/static/.env',
    '/static/.missing',
    '/static/.git/',
    '/static/env.txt',
    '/static/docs/.htaccess',
  ])('a dotfile that is denied is answered 403, whether it is there or not: %s (P6)', async (target) => {
    const client = new Client(stack(inner, staticFiles({ '/static': root }, { dotfiles: 'deny' })))
    expect((await client.get(target)).status).toBe(403)
    expect((await client.get('/static/.well-known/security.txt')).status).toBe(200)
    expect((await client.get('/elsewhere/.env')).text()).toBe('inner |/elsewhere/.env')
  })

  test('a link leads out where all links are followed, and nowhere where they are refused (P5)', async () => {
    const following = new Client(stack(inner, staticFiles({ '/static': root }, { symlinks: 'follow' })))
    expect((await following.get('/static/link.txt')).text()).toBe('outside')
    expect((await following.get('/static/up/secret.txt')).text()).toBe('outside')
    const refusing = new Client(
      stack(inner, staticFiles({ '/static': root }, { symlinks: 'refuse', dotfiles: 'allow' })),
    )
    expect((await refusing.get('/static/env.txt')).text()).toBe('inner |/static/env.txt')
    expect((await refusing.get('/static/a.txt')).text()).toBe('inside a')
  })

  test.each(['/static/%zz', '/static/a%', '/static/%C0%AE'])(
    'a malformed path is answered 400: %s (P4)',
    async (target) => {
      const client = new Client(stack(inner, staticFiles({ '/static': root })))
      expect((await client.get(target)).status).toBe(400)
    },
  )

  test('a malformed path elsewhere is not ours', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root })))
    expect((await client.get('/elsewhere/%zz')).status).toBe(404)
  })

  test('a second spelling of a path that a guard knows gives a redirect to the first, not the file (P3)', async () => {
    const guard: Application = stack(
      stack(inner, staticFiles({ '/static': root })),
      (app) => (environ, start) => {
        if (!environ.PATH_INFO.startsWith('/static/a+b/')) return app(environ, start)
        start('403 Forbidden', [])
        return ''
      },
    )
    const client = new Client(guard)
    expect((await client.get('/static/a+b/c.txt')).status).toBe(403)
    const answer = await client.get('/static/a%2Bb/c.txt?v=1')
    expect([answer.status, answer.headers.get('Location')]).toEqual([308, '/static/a+b/c.txt?v=1'])
    expect(answer.text()).toBe('')
  })

  test('no path gives a byte from outside, or tells where the root lies (P1-P8, drill 29)', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root, '/': root })))
    await fc.assert(
      fc.asyncProperty(hostile, async (path) => {
        const target = `/${path}`
        const answer = await client.get(target, { environ: { REQUEST_URI: target } }).catch(refusedByGateway)
        if (answer === undefined) return
        expect([200, 308, 400, 404]).toContain(answer.status)
        if (answer.status === 200) expect(answer.text()).toMatch(/^inside /)
        if (answer.status === 308) expect(answer.headers.get('Location')).toMatch(/^\/(?![/\\])/)
        expect(JSON.stringify([...answer.headers]) + answer.text()).not.toContain(directory)
      }),
      { numRuns: 500, examples: knownWaysOut },
    )
  })

  test('no path gives one, or the name of one, where all there is is turned on (P9)', async () => {
    const options = { listing: true, tryFiles: ['.txt'], fallback: { file: 'docs/index.html', assets: true } }
    const client = new Client(stack(inner, staticFiles({ '/static': root, '/': root }, options)), {
      headers: { Accept: 'text/html' },
    })
    await fc.assert(
      fc.asyncProperty(hostile, async (path) => {
        const answer = await client.get(`/${path}`).catch(refusedByGateway)
        if (answer === undefined) return
        expect([200, 308, 400, 404]).toContain(answer.status)
        if (answer.status === 200) expect(answer.text()).toMatch(/^inside |<title>Index of /)
        expect(answer.text()).not.toMatch(/outside|hidden|href="\.\/(?:secret|\.env|\.git|env|link|up)/)
        expect(JSON.stringify([...answer.headers]) + answer.text()).not.toContain(directory)
      }),
      { numRuns: 500, examples: knownWaysOut },
    )
  })

  test('no path that another gateway leaves as it came gives a byte from outside, either', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root })), { validate: false })
    await fc.assert(
      fc.asyncProperty(hostile, async (path) => {
        const answer = await client.get('/', { environ: { PATH_INFO: `/static/${path}` } })
        if (answer.status === 200) expect(answer.text()).toMatch(/^inside /)
        expect(answer.text()).not.toContain('outside')
      }),
      { numRuns: 500, examples: knownWaysOut },
    )
  })
})

const name = fc.constantFrom(
  ...[
    'static',
    'a.txt',
    'docs',
    'up',
    'link.txt',
    'secret.txt',
    'root',
    'root-old',
    'index.html',
    'a+b',
    'c.txt',
  ],
  ...['..', '.', '%2e', '%2E%2E', '%252e%252e', '%00', '%zz', '%', '.env', '.git', 'env.txt', 'a%2Bb', ''],
  ...['NUL', 'C:', 'a.txt::$DATA', 'a.txt.', 'a.txt%20', 'x'.repeat(300), 'ü'],
)
const separator = fc.constantFrom('/', '/', '/', '/', '/', '/', '//', '%2f', '%2F', '%5c', '\\', '')
/** What follows the first slash of a path. */
const hostile = fc
  .array(fc.tuple(name, separator), { maxLength: 5 })
  .map((pairs) => pairs.flat().slice(0, -1).join(''))
/** Each of these is the way out that somebody else left open. */
const knownWaysOut: [string][] = [
  ...[
    'up/secret.txt',
    'link.txt',
    '../secret.txt',
    '..%2fsecret.txt',
    '..%5csecret.txt',
    '%2e%2e/secret.txt',
  ],
  ...[
    '../root-old/a.txt',
    'up/root-old/a.txt',
    'docs/../../secret.txt',
    '/etc/passwd',
    '%2fetc%2fpasswd',
    'up/root/.env',
  ],
].map((path) => [path])

/** A path that climbs above the root, or holds a NUL, never comes to an application. */
function refusedByGateway(error: unknown): undefined {
  if (!(error instanceof RangeError)) throw error
}
