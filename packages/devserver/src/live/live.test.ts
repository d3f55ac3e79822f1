import { expect, onTestFinished, test } from 'vitest'
import { createProject, poll, stapel } from '../stapel-command.test-support.ts'
import { scriptHash } from './live-script.ts'
import { LIVE_PATH } from './live-streams.ts'

const app = (text: string): string => `export function app(environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/html'], ['Content-Security-Policy', "default-src 'self'"]])
  return '<!doctype html><html><body>${text}</body></html>'
}
`
const navigation = { headers: { 'Sec-Fetch-Dest': 'document', Accept: 'text/html' } }
const versionOf = (html: string): string | undefined => /<script data-version="([^"]+)">/.exec(html)?.[1]

/** The events that a page gets. */
async function eventsOf(url: string): Promise<{ until(pattern: RegExp): Promise<RegExpExecArray> }> {
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  const response = await fetch(new URL(LIVE_PATH, url), { signal: abort.signal })
  expect(response.headers.get('Content-Type')).toBe('text/event-stream')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    until: async (pattern) => {
      for (;;) {
        const match = pattern.exec(text)
        if (match !== null) {
          text = text.slice(match.index + match[0].length)
          return match
        }
        const { done, value } = await reader.read()
        if (done) throw new Error(`It ended before ${pattern}: ${text}`)
        text += decoder.decode(value, { stream: true })
      }
    },
  }
}

test('--live tells pages of each version, of failures, and of style sheets', async () => {
  await using project = createProject({ 'app.js': app('one'), 'public/site.css': '' })
  await using running = stapel(project.directory, ['app.js', '--port=0', '--live', '--watch', 'public/**'])
  const url = await running.url()
  const page = await fetch(url, navigation)
  expect(page.headers.get('Content-Security-Policy')).toContain(scriptHash)
  const first = versionOf(await page.text())
  const events = await eventsOf(url)
  expect((await events.until(/data: (.*)\n\n/))[1]).toBe(first)

  project.write('app.js', app('two'))
  const second = (await events.until(/data: (.*)\n\n/))[1]
  expect(second).not.toBe(first)
  expect(versionOf(await (await fetch(url, navigation)).text())).toBe(second)

  project.write('app.js', 'const = 3')
  const broken = (await events.until(/data: (.*)\n\n/))[1]
  const failure = await fetch(url, navigation)
  expect(failure.status).toBe(500)
  expect(failure.headers.get('Content-Security-Policy')).toContain(scriptHash)
  expect(versionOf(await failure.text())).toBe(broken)

  project.write('app.js', app('three'))
  await events.until(/data: (.*)\n\n/)
  project.write('public/site.css', 'p { color: red }')
  await events.until(/event: style\ndata: site\.css\n\n/)
  // A style sheet is no reason to start the application again, and the stream is no request to tell of.
  expect(running.output()).not.toContain('site.css')
  expect(running.output()).not.toContain(LIVE_PATH)
})

test('without --live, pages and the path of the stream are those of the application', async () => {
  await using project = createProject({ 'app.js': app('one') })
  await using running = stapel(project.directory, ['app.js', '--port=0'])
  const url = await running.url()
  expect(await (await fetch(new URL(LIVE_PATH, url), navigation)).text()).toBe(
    '<!doctype html><html><body>one</body></html>',
  )
})

test('the end of the command does not wait for pages', async () => {
  await using project = createProject({ 'app.js': app('one') })
  await using running = stapel(project.directory, ['app.js', '--port=0', '--live'])
  const url = await running.url()
  await poll(url, (_text, status) => status === 200)
  await (await eventsOf(url)).until(/data: /)
  running.kill('SIGINT')
  expect((await running.ended).code).toBe(0)
  expect(running.output()).not.toContain('cut off')
})

// robustness.md D2
test('the stream is refused to hosts that are not known', async () => {
  await using project = createProject({ 'app.js': app('one') })
  await using running = stapel(project.directory, ['app.js', '--port=0', '--live'])
  const { port } = new URL(await running.url())
  const { request } = await import('node:http')
  const status = await new Promise((resolve, reject) => {
    request({ port, path: LIVE_PATH, headers: { Host: 'evil.example' } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(403)
})
