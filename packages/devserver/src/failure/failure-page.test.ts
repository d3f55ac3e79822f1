import { validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type Failure, plainFailure } from './failure.ts'
import { answerFailure, failurePage } from './failure-page.ts'

const evil = '</pre><script>alert(1)</script><img src=x onerror=alert(1)> "\'&'
const location = { file: `/site/${evil}.ts`, line: 2, column: 1 }
const excerpt = [{ number: 2, text: evil, marked: true }]
const frame = { call: evil, location, origin: 'application', excerpt } as const

/** Every text of it is markup. */
const failure: Failure = {
  kind: 'error',
  title: `Error: ${evil}\n${evil}`,
  happened: evil,
  code: evil,
  location,
  excerpt,
  frames: [frame, { ...frame, origin: 'library' }],
  hiddenFrames: 3,
  properties: [[evil, evil]],
  advice: [evil],
  behind: [
    {
      relation: 'cause',
      depth: 1,
      title: evil,
      location,
      excerpt,
      frames: [{ ...frame, call: 'g' }],
      hiddenFrames: 0,
      properties: [[evil, evil]],
    },
  ],
  request: {
    method: evil,
    target: evil,
    begun: false,
    headers: [[evil, evil]],
    environ: [[evil, evil]],
    layers: [{ name: evil, ms: 1, threw: true }],
    rules: [evil],
    params: [[evil, evil]],
  },
}

// robustness.md D3, E1
test('nothing of a failure is markup', () => {
  const { html } = failurePage(failure, '/site', () => `vscode://file/${evil}`)
  expect(html.match(/<script|<img|onerror=alert\(1\)>/g)).toBeNull()
  expect(html.split('&lt;script&gt;alert(1)&lt;/script&gt;').length).toBeGreaterThan(20)
  expect(html).not.toMatch(/href="[^"]*["<>][^ >]/)
})

test('the page tells what happened, the place, the calls, the causes, the request and its layers', () => {
  const { html } = failurePage(
    {
      ...plainFailure('error', 'TypeError: no\nsecond line', ['Install it.']),
      happened: 'It was thrown.',
      location: { file: '/site/a.ts', line: 2, column: 1 },
      frames: [
        {
          call: 'f',
          location: { file: '/site/b.ts', line: 7, column: 1 },
          origin: 'application',
          excerpt: [],
        },
      ],
      behind: [{ ...plainFailure('error', 'Error: why'), relation: 'cause', depth: 1 }],
      request: {
        method: 'GET',
        target: '/x',
        begun: false,
        headers: [['Host', 'a.example']],
        environ: [['SCRIPT_NAME', '']],
        layers: [
          { name: 'log', threw: false },
          { name: 'site', ms: 1.25, threw: true },
        ],
        rules: ['GET /:id'],
        params: [['id', '"x"']],
      },
    },
    '/site',
    ({ file, line }) => `vscode://file${file}:${line}`,
  )
  expect(html).toContain('<p class="eyebrow">It was thrown.</p>\n<h1>TypeError: no</h1>')
  expect(html).toContain('<pre tabindex="0">second line</pre>')
  expect(html).toContain('<div class="advice"><p>Install it.</p></div>')
  expect(html).toContain('<a href="vscode://file/site/a.ts:2">a.ts:2:1</a>')
  expect(html).toContain('<span class="call">f</span>')
  expect(html).toContain('<h2>Caused by</h2>\n<div class="behind">\n<h3>Error: why</h3>')
  expect(html).toContain('<th scope="row">Host</th><td>a.example</td>')
  expect(html).toContain('<tr><th scope="row">log</th><td>no answer yet</td></tr>')
  expect(html).toMatch(/<tr class="threw"><th scope="row">site<\/th><td>1\.[23] ms, threw<\/td><\/tr>/)
  expect(html).toContain('<pre tabindex="0">GET /:id</pre>')
})

test('without an editor that is known, a place is text', () => {
  const { html } = failurePage(
    { ...plainFailure('error', 'no'), location: { file: '/site/a.ts', line: 2 } },
    '/site',
    () => undefined,
  )
  expect(html).toContain('<p class="place">a.ts:2</p>')
})

describe('the form', () => {
  test.for([
    [
      'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'text/html; charset=utf-8',
      /^<!doctype html>/,
    ],
    ['application/json', 'application/problem+json', /^\{"type":"about:blank"/],
    ['application/problem+json, text/html;q=0.1', 'application/problem+json', /^\{/],
    ['*/*', 'text/plain; charset=utf-8', /^It ended\.\n$/],
    [undefined, 'text/plain; charset=utf-8', /^It ended\.\n$/],
    ['text/plain, text/html;q=0.5', 'text/plain; charset=utf-8', /^It ended\.\n$/],
  ] as const)('for Accept: %s is %s', ([accept, type, begin]) => {
    const { headers, body } = answerFailure(plainFailure('error', 'It ended.'), accept)
    expect(Object.fromEntries(headers)['Content-Type']).toBe(type)
    expect(body).toMatch(begin)
  })

  test('JSON has the whole failure', () => {
    const { body } = answerFailure(failure, 'application/json', 502)
    expect(JSON.parse(body)).toMatchObject({
      status: 502,
      title: 'Bad Gateway',
      detail: failure.title,
      failure: { frames: failure.frames, behind: failure.behind, request: failure.request },
    })
  })
})

// robustness.md E1
test('the answer is not kept, not sniffed, and may load and run nothing', () => {
  const { headers, body } = answerFailure(failure, 'text/html')
  const fields = Object.fromEntries(headers)
  expect(fields).toMatchObject({
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept',
  })
  const nonce = /<style nonce="([^"]+)">/.exec(body)?.[1]
  expect(fields['Content-Security-Policy']).toBe(
    `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect(answerFailure(failure, 'text/html').body).not.toContain(nonce)
})

test('its headers are those that an application may send', async () => {
  const { headers, body } = answerFailure(failure, 'text/html')
  const app = validate((_environ, startResponse) => {
    startResponse('500 Internal Server Error', headers)
    return body
  })
  expect((await new Client(app).get('/')).status).toBe(500)
})

test('a failure of the start says how it goes on', () => {
  const { html } = failurePage(plainFailure('error', 'It ended.'))
  expect(html).toContain(
    '<h1>It ended.</h1>\n<p>Saving one of its files starts the application again. Then reload this page.</p>',
  )
  const again = { ...plainFailure('error', 'It ended.'), next: 'It is started <again>.' }
  expect(failurePage(again).html).toContain('<p>It is started &lt;again&gt;. Then reload this page.</p>')
  expect(answerFailure(again, undefined).body).toBe('It ended.\n\nIt is started <again>.\n')
})
