import {
  type Application,
  capture,
  type Environ,
  MethodNotAllowed,
  NotFound,
  outlineSymbol,
  type Responder,
  stack,
} from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { inDevelopment } from '../load/in-development.ts'
import { createProject, stapel } from '../stapel-command.test-support.ts'
import { OUTLINE_LINES } from './outline-lines.ts'

/** A router that has no rule, as those of `@stapel/routing` do it. */
const router: Application = function router(environ, startResponse) {
  const error = new NotFound()
  const { trace } = environ['stapel.context']
  if (trace === undefined) return error.respond(environ, startResponse)
  trace.explain = () => ({ toString: () => 'tried <b>\u001b[2J', toJSON: () => ({}) })
  return trace.refuse?.(error, trace, environ, startResponse) ?? error.respond(environ, startResponse)
}

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

async function answerOf(
  app: Application,
  accept: string | undefined,
): Promise<{ status: string; headers: Record<string, string>; body: string }> {
  const environ = { REQUEST_METHOD: 'GET', HTTP_ACCEPT: accept, 'stapel.context': {} } as unknown as Environ
  const { status, headers, body } = await capture(app, environ)
  return { status, headers: Object.fromEntries(headers), body: String(body) }
}

test('a browser gets a page with the explanation, the layers passed and the rules; nothing of it is markup', async () => {
  function log(inner: Application): Application {
    return (environ, startResponse) => inner(environ, startResponse)
  }
  const { status, headers, body } = await answerOf(
    inDevelopment(stack(router, log), () => {}),
    browser,
  )
  expect(status).toBe('404 Not Found')
  expect(headers).toMatchObject({
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': expect.stringMatching(/^default-src 'none'; style-src 'nonce-[^']+';/),
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept',
  })
  expect(body).toContain('<h1>404 Not Found</h1>')
  expect(body).toContain('tried &lt;b&gt;')
  expect(body).toContain('<h2>Layers passed</h2>\n<pre tabindex="0">log\nrouter</pre>')
  expect(body).toContain('<h2>Rules</h2>\n<pre tabindex="0">log\n  router</pre>')
  expect(body).not.toContain('<b>')
})

test('the page says which rules of routers outside matched before', async () => {
  const outer: Application = (environ, startResponse) => {
    environ['stapel.context'].trace?.rules.push(
      { pattern: '/admin', host: 'example.org' },
      { pattern: '/<i>' },
    )
    return router(environ, startResponse)
  }
  const { body } = await answerOf(
    inDevelopment(outer, () => {}),
    browser,
  )
  expect(body).toContain('<h2>Mounted in</h2>\n<pre tabindex="0">example.org/admin\n/&lt;i&gt;</pre>')
  expect(
    (
      await answerOf(
        inDevelopment(router, () => {}),
        browser,
      )
    ).body,
  ).not.toContain('Mounted in')
})

test('of very many rules the page shows the first', async () => {
  const nodes = Array.from({ length: OUTLINE_LINES + 10 }, (_, i) => ({ name: `GET /${i}` }))
  const many = Object.assign(((...given) => router(...given)) as Application, {
    [outlineSymbol]: () => nodes,
  })
  const { body } = await answerOf(
    inDevelopment(many, () => {}),
    browser,
  )
  expect(body).toContain('… and 11 more; stapel routes prints all.')
  expect(body).not.toContain(`GET /${OUTLINE_LINES}\n`)
})

test('others get text, without what would change a terminal', async () => {
  const { headers, body } = await answerOf(
    inDevelopment(router, () => {}),
    '*/*',
  )
  expect(headers['Content-Type']).toBe('text/plain; charset=utf-8')
  expect(body).toMatch(/^404 Not Found\n.+\n\ntried <b>\\x1b\[2J\n$/)
})

test('clients that take JSON get the error as in production', async () => {
  const { headers, body } = await answerOf(
    inDevelopment(router, () => {}),
    'application/json',
  )
  expect(headers['Content-Type']).toBe('application/problem+json')
  expect(JSON.parse(body)).toMatchObject({ status: 404 })
})

test('headers of the error stay', async () => {
  const app: Application = (environ, startResponse) => {
    const { trace } = environ['stapel.context']
    return trace?.refuse?.(new MethodNotAllowed(['GET']), trace, environ, startResponse) ?? ''
  }
  expect(
    (
      await answerOf(
        inDevelopment(app, () => {}),
        undefined,
      )
    ).headers.Allow,
  ).toBe('GET')
})

test('an error that brings a response of its own answers with it', async () => {
  const own: Responder = {
    status: 404,
    respond: (_environ, startResponse) => {
      startResponse('404 Not Found', [])
      return 'own'
    },
  }
  const app: Application = (environ, startResponse) => {
    const { trace } = environ['stapel.context']
    const error = new NotFound(undefined, { response: own })
    return trace?.refuse?.(error, trace, environ, startResponse) ?? 'nothing shown'
  }
  expect(
    (
      await answerOf(
        inDevelopment(app, () => {}),
        browser,
      )
    ).body,
  ).toBe('own')
})

describe('the command', () => {
  const app = `import { NotFound } from '@stapel/core'
export function app(environ, startResponse) {
  const { trace } = environ['stapel.context']
  const error = new NotFound()
  if (trace === undefined) return error.respond(environ, startResponse)
  trace.explain = () => 'no rule for ' + environ.PATH_INFO
  return trace.refuse?.(error, trace, environ, startResponse) ?? error.respond(environ, startResponse)
}
`

  test('serves in development, with a process of its own and without', async () => {
    await using project = createProject({ 'app.js': app })
    for (const options of [[], ['--no-reload']]) {
      await using running = stapel(project.directory, ['app.js', '--port=0', ...options])
      const response = await fetch(`${await running.url()}there`, { headers: { Accept: browser } })
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('<pre tabindex="0">no rule for /there</pre>')
    }
  })
})
