import { once } from 'node:events'
import { stack } from '@stapel/core'
import { compress, dispatch } from '@stapel/middleware'
import { Router } from '@stapel/routing'
import { eventStream, Request, Response } from '@stapel/wrappers'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launch, openPage, program, skipped, testInstalled } from './chromium.ts'
import { createGate, type Gate } from './gate.ts'
import { coding, codings, html, type Site, startSite } from './site.ts'

testInstalled()

describe.skipIf(program === undefined)(`streams as Chromium takes them${skipped}`, () => {
  let site: Site
  let browser: Browser
  let page: Page
  let second: Gate
  let left: Gate
  /** How many pieces were made. */
  let made: number

  beforeAll(async () => {
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
  })

  beforeEach(async () => {
    const twoEvents = eventStream(async function* ({ signal }) {
      try {
        made++
        yield 'first'
        await second.opened
        made++
        yield 'second'
        await once(signal, 'abort')
      } finally {
        left.open()
      }
    })
    const inEachCoding = dispatch(
      Object.fromEntries(
        codings.map((name) => [`/${name}`, stack(twoEvents, compress({ codings: [name] }))]),
      ),
    )
    const { app } = new Router()
      .get(
        '/',
        Request.application(() => new Response(html('<title>Listens</title>'), { mimetype: 'text/html' })),
      )
      .get(
        '/events',
        eventStream(async function* ({ signal, lastEventId }) {
          try {
            made++
            yield { id: '1', data: `first after ${lastEventId}` }
            await second.opened
            made++
            yield { id: '2', data: 'second' }
            await once(signal, 'abort')
          } finally {
            left.open()
          }
        }),
      )
      .mount('/in', inEachCoding)
      .get(
        '/broken',
        eventStream(
          async function* ({ lastEventId, signal }) {
            yield { id: '1', data: `after ${lastEventId}` }
            if (lastEventId !== undefined) return void (await once(signal, 'abort'))
            await second.opened
            throw new Error('The source broke')
          },
          { retry: 10 },
        ),
      )
      .get('/endless', async function* (_environ, startResponse) {
        startResponse('200 OK', [['Content-Type', 'text/html; charset=utf-8']])
        try {
          for (;;) {
            made++
            yield `<p>${made}</p>${'x'.repeat(1024)}`
            await new Promise((resolve) => setTimeout(resolve, 1))
          }
        } finally {
          left.open()
        }
      })
    site = await startSite(app)
    second = createGate()
    left = createGate()
    made = 0
    page = await openPage(browser)
    await page.goto(site.origin)
  })

  afterEach(() => site.close())

  /** Begins to listen, and keeps what comes. */
  const listen = (path: string): Promise<void> =>
    page.evaluate((url) => {
      const received: string[] = []
      const source = new EventSource(url)
      source.onmessage = ({ data }) => received.push(data)
      Object.assign(window, { source, received })
    }, path)
  const received = (): Promise<unknown> =>
    page.evaluate(() => (window as unknown as { received: string[] }).received)

  test('an event arrives before the next is made, through compress', async () => {
    const answered = page.waitForResponse(/\/events$/)
    await listen('/events')
    await expect.poll(received).toEqual(['first after undefined'])
    expect(made).toBe(1)
    expect((await answered).headers()['content-encoding']).toBe(coding)
    second.open()
    await expect.poll(received).toEqual(['first after undefined', 'second'])
    expect(made).toBe(2)
  })

  test.each(codings)('an event arrives before the next is made, in %s', async (name) => {
    await listen(`/in/${name}`)
    await expect.poll(received).toEqual(['first'])
    expect(made).toBe(1)
    second.open()
    await expect.poll(received).toEqual(['first', 'second'])
    await page.goto('about:blank')
    await left.opened
    await expect.poll(() => site.lines(`/in/${name}`)).toMatchObject([{ 'answer.content-encoding': name }])
  })

  test('the source of events ends when the page is left', async () => {
    await listen('/events')
    second.open()
    await expect.poll(received).toHaveLength(2)
    await page.goto('about:blank')
    await left.opened
    await expect.poll(() => site.lines('/events')).toMatchObject([{ status: 200, outcome: 'disconnected' }])
  })

  test('the source of events ends when the script closes it', async () => {
    await listen('/events')
    second.open()
    await expect.poll(received).toHaveLength(2)
    await page.evaluate(() => (window as unknown as { source: EventSource }).source.close())
    await left.opened
  })

  test('a source that broke is asked again for what came after the last event', async () => {
    await listen('/broken')
    await expect.poll(received).toEqual(['after undefined'])
    second.open()
    await expect.poll(received).toEqual(['after undefined', 'after 1'])
    expect(site.lines('/broken')).toMatchObject([{ outcome: 'failed' }])
    expect(site.errors().match(/^Error: The source broke$/gm)).toHaveLength(1)
  })

  test('the generator of a page ends when the page is left while it loads', async () => {
    await page.goto(`${site.origin}/endless`, { waitUntil: 'commit' })
    await page.locator('p').nth(50).waitFor()
    await page.goto('about:blank')
    await left.opened
    await expect.poll(() => site.lines('/endless')).toMatchObject([{ status: 200, outcome: 'disconnected' }])
  })
})
