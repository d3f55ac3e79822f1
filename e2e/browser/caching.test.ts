import { brotliCompressSync } from 'node:zlib'
import { stack } from '@stapel/core'
import { compress, dispatch } from '@stapel/middleware'
import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launch, openPage, program, skipped, testInstalled } from './chromium.ts'
import { coding, codings, html, type Site, startSite } from './site.ts'

testInstalled()

describe.skipIf(program === undefined)(`what Chromium keeps of a page${skipped}`, () => {
  let site: Site
  let browser: Browser

  beforeAll(async () => {
    const head = `<title>Kept</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/static/site.css">
      <script src="/assets/app.4f2a91.js" defer></script>`
    const words = Request.application(() => new Response('ünïcödé '.repeat(10_000)))
    const inEachCoding = dispatch(
      Object.fromEntries(codings.map((name) => [`/${name}`, stack(words, compress({ codings: [name] }))])),
    )
    const text = '<p>The same words once more. </p>'.repeat(200)
    let count = 0
    const { app } = new Router()
      .get(
        '/',
        Request.application(() => new Response(html(head, text), { mimetype: 'text/html' })),
      )
      .mount('/in', inEachCoding)
      .get(
        '/counted',
        Request.application(() => new Response(html('', String(++count)), { mimetype: 'text/html' })),
      )
    const long = 'The same words once more. '.repeat(1000)
    site = await startSite(app, {
      files: {
        'static/site.css': 'body { color: rgb(1, 2, 3) }',
        'static/long.txt': long,
        'static/long.txt.br': brotliCompressSync(long),
        'assets/app.4f2a91.js': `document.title = 'Run' // ${'-'.repeat(5000)}`,
      },
    })
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  beforeEach(() => site.forget())

  const paths = ['/', '/static/site.css', '/assets/app.4f2a91.js']
  const statuses = (): unknown[] => paths.map((path) => site.lines(path).map(({ status }) => status))

  test('asks whether the page and its style are current on reload, and not at all for what is immutable', async () => {
    const page = await openPage(browser)
    await page.goto(site.origin)
    expect(statuses()).toEqual([[200], [200], [200]])
    site.forget()
    await page.reload()
    await expect.poll(statuses).toEqual([[304], [304], []])
    const seen = await page.evaluate(() => ({
      title: document.title,
      color: getComputedStyle(document.body).color,
      words: document.querySelectorAll('p').length,
      // W3C Resource Timing: 300 for what was found to be current, 0 for what the cache gave by itself.
      transferred: [
        ...performance.getEntriesByType('navigation'),
        ...performance.getEntriesByType('resource'),
      ]
        .map((entry) => entry as PerformanceResourceTiming)
        .map(({ name, transferSize }) => [new URL(name).pathname, transferSize]),
    }))
    expect(seen).toEqual({
      title: 'Run',
      color: 'rgb(1, 2, 3)',
      words: 200,
      transferred: paths.map((path, index) => [path, [300, 300, 0][index]]),
    })
    expect(site.lines('/')[0]?.['request.if-none-match']).toMatch(/^W\//)
  })

  test('takes the page and its script compressed, and has them whole', async () => {
    const page = await openPage(browser)
    const answer = await page.goto(site.origin)
    expect(await answer?.request().headerValue('accept-encoding')).toContain('br')
    expect(answer?.headers()).toMatchObject({
      'content-encoding': coding,
      vary: expect.stringContaining('Accept-Encoding'),
    })
    const sizes = await page.evaluate(() =>
      ['navigation', 'resource']
        .flatMap((type) => performance.getEntriesByType(type) as PerformanceResourceTiming[])
        .filter(({ name }) => !name.endsWith('.css'))
        .map(({ encodedBodySize, decodedBodySize }) => [encodedBodySize, decodedBodySize] as const),
    )
    expect(sizes.map(([, decoded]) => decoded > 5000)).toEqual([true, true])
    for (const [encoded, decoded] of sizes) expect(encoded).toBeLessThan(decoded / 5)
    for (const path of ['/', '/assets/app.4f2a91.js']) {
      expect(site.lines(path)[0]?.['answer.content-encoding']).toBe(coding)
    }
  })

  test.each(codings)('reads %s', async (name) => {
    const page = await openPage(browser)
    const answer = await page.goto(`${site.origin}/in/${name}`)
    expect(answer?.headers()['content-encoding']).toBe(name)
    expect(await page.textContent('body')).toBe('ünïcödé '.repeat(10_000))
  })

  test('takes the file that lies compressed beside another, and keeps it by its tag', async () => {
    const page = await openPage(browser)
    const answer = await page.goto(`${site.origin}/static/long.txt`)
    expect(answer?.headers()).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'text/plain; charset=utf-8',
      vary: expect.stringContaining('Accept-Encoding'),
    })
    const size = Number(answer?.headers()['content-length'])
    expect(size).toBeLessThan(200)
    expect(await page.textContent('body')).toBe('The same words once more. '.repeat(1000))
    await page.reload()
    await expect.poll(() => site.lines('/static/long.txt').map(({ status }) => status)).toEqual([200, 304])
    expect(await page.textContent('body')).toBe('The same words once more. '.repeat(1000))
  })

  test('loads a page again that has changed', async () => {
    const page = await openPage(browser)
    await page.goto(`${site.origin}/counted`)
    await page.reload()
    expect(await page.textContent('body')).toBe('2')
    expect(site.lines('/counted').map(({ status }) => status)).toEqual([200, 200])
  })
})
