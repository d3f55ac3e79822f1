import { once } from 'node:events'
import { Router } from '@stapel/routing'
import { eventStream, Request, Response } from '@stapel/wrappers'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate, openssl } from './certificate.ts'
import { launch, openPage, program, skipped, testInstalled } from './chromium.ts'
import { createGate } from './gate.ts'
import { coding, html, type Site, startSite } from './site.ts'

testInstalled()

test('openssl is installed where CI runs', () => {
  if (process.env.CI) expect(openssl, 'apt-get install openssl').toBeDefined()
})

const title = `over HTTPS and HTTP/2 in Chromium${skipped}${openssl === undefined ? ' (skipped: apt-get install openssl)' : ''}`

describe.skipIf(program === undefined || openssl === undefined)(title, () => {
  const left = createGate()
  let site: Site
  let browser: Browser

  beforeAll(async () => {
    const head = `<title>Safe</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/static/site.css">
      <script src="/assets/app.4f2a91.js" defer></script>`
    const { app } = new Router()
      .get(
        '/',
        Request.application(() => {
          const words = '<p>The same words once more. </p>'.repeat(200)
          return new Response(html(head, words), { mimetype: 'text/html' })
        }),
      )
      .get(
        '/events',
        eventStream(async function* ({ signal }) {
          try {
            yield 'first'
            await once(signal, 'abort')
          } finally {
            left.open()
          }
        }),
      )
      .add(
        '/upload',
        Request.application(async (request) => new Response(String((await request.bytes()).length))),
        { methods: ['POST'] },
      )
    const { key, cert, keyHash } = await makeCertificate()
    site = await startSite(app, {
      files: {
        'static/site.css': 'body { color: rgb(1, 2, 3) }',
        'assets/app.4f2a91.js': "document.title = 'Run'",
      },
      serve: { tls: { key, cert }, http2: true },
    })
    browser = await launch(keyHash)
  })

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  test('a page is loaded over one connection, compressed, and its parts kept', async () => {
    const page = await openPage(browser)
    const answer = await page.goto(site.origin)
    expect(answer?.headers()['content-encoding']).toBe(coding)
    site.forget()
    await page.reload()
    const seen = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .map((entry) => entry as PerformanceResourceTiming)
        .map(({ name, nextHopProtocol, transferSize }) => [
          new URL(name).pathname,
          nextHopProtocol,
          transferSize,
        ]),
    )
    expect(seen).toEqual([
      ['/', 'h2', 300],
      ['/static/site.css', 'h2', 300],
      ['/assets/app.4f2a91.js', 'h2', 0],
    ])
    expect(await page.title()).toBe('Run')
    expect(site.lines('/')).toMatchObject([{ protocol: 'HTTP/2.0', status: 304 }])
    expect(site.lines('/static/site.css')).toMatchObject([{ protocol: 'HTTP/2.0', status: 304 }])
    expect(site.lines('/assets/app.4f2a91.js')).toEqual([])
    expect(site.connections()).toBe(1)
  })

  test('an event stream arrives, and ends when the page is left, while the connection stays', async () => {
    const page = await openPage(browser)
    await page.goto(site.origin)
    const first = await page.evaluate(
      () =>
        new Promise((resolve) => {
          new EventSource('/events').onmessage = ({ data }) => resolve(data)
        }),
    )
    expect(first).toBe('first')
    await page.goto('about:blank')
    await left.opened
    await expect.poll(() => site.lines('/events')).toMatchObject([{ status: 200, outcome: 'disconnected' }])
  })

  test('an upload over the limit is answered, and the connection stays', async () => {
    const page = await openPage(browser)
    await page.goto(site.origin)
    const connections = site.connections()
    const statuses = await page.evaluate(async () => {
      const got: number[] = []
      for (const size of [8_000_000, 1000]) {
        got.push((await fetch('/upload', { method: 'POST', body: new Uint8Array(size) })).status)
      }
      return got
    })
    expect(statuses).toEqual([413, 200])
    expect(site.connections()).toBe(connections)
  })
})
