import { type RunningServer, serve } from '@stapel/core/node'
import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launch, openPage, program, skipped, testInstalled } from './chromium.ts'
import { html, type Site, startSite } from './site.ts'

testInstalled()

/** What a script sends. */
interface Sent {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | null
}

/** What a script got for a request. */
interface Got {
  readonly status: number
  readonly text: string
  readonly id: string | null
}

describe.skipIf(program === undefined)(`pages of other origins in Chromium${skipped}`, () => {
  let site: Site
  let browser: Browser
  let others: RunningServer
  let page: Page
  /** A page of another port, which may read and send. */
  let friend: string
  /** A page of another site, which may not. */
  let stranger: string
  let sold: string[]

  beforeAll(async () => {
    others = await serve(
      Request.application(() => new Response(html('<title>Other</title>'), { mimetype: 'text/html' })),
      { port: 0, host: '127.0.0.1' },
    )
    friend = `http://localhost:${others.port}`
    stranger = `http://127.0.0.1:${others.port}`
    const { app } = new Router()
      .get(
        '/',
        Request.application(() => {
          const form =
            '<form method="post" action="/sell"><input name="what" value="own"><button>Sell</button></form>'
          const response = new Response(html('<title>Shop</title>', form), { mimetype: 'text/html' })
          response.setCookie('visitor', 'ada', { httpOnly: true })
          return response
        }),
      )
      .add(
        '/cart',
        Request.application(async (request) => {
          return new Response(`${request.cookies.get('visitor')} ${await request.text()}`)
        }),
        { methods: ['PUT'] },
      )
      .add(
        '/sell',
        Request.application(async (request) => {
          const form = await request.formData()
          sold.push(`${request.cookies.get('visitor')} ${form.get('what')}`)
          return new Response(html('<title>Sold</title>'), { mimetype: 'text/html' })
        }),
        { methods: ['POST'] },
      )
      .get('/fail', () => {
        throw new Error('secret')
      })
    site = await startSite(app, { allowed: [friend] })
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await others?.close({ timeout: 0 })
    await site?.close()
  })

  beforeEach(async () => {
    sold = []
    page = await openPage(browser)
    await page.goto(site.origin)
    site.forget()
  })

  /** What a script of the page that is open gets; that of an error when the browser refuses. */
  const ask = (path: string, sent: Sent): Promise<Got | string> =>
    page.evaluate(
      async ([url, options]) => {
        try {
          const answer = await fetch(url, { ...options, credentials: 'include' })
          return { status: answer.status, text: await answer.text(), id: answer.headers.get('x-request-id') }
        } catch (error) {
          return String(error)
        }
      },
      [`${site.origin}${path}`, sent] as const,
    )
  const logged = (path: string): unknown[] => site.lines(path).map(({ method, status }) => [method, status])
  const put: Sent = {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', 'X-Cart': '1' },
    body: '{}',
  }

  test('an allowed origin asks once, then sends with the cookies of the visitor', async () => {
    await page.goto(friend)
    const got = await ask('/cart', put)
    expect(got).toMatchObject({ status: 200, text: 'ada {}' })
    expect(logged('/cart')).toEqual([
      ['OPTIONS', 204],
      ['PUT', 200],
    ])
    expect((got as Got).id).toBe(site.lines('/cart')[1]?.id)
    await ask('/cart', put)
    expect(logged('/cart').slice(2)).toEqual([['PUT', 200]])
  })

  test('another origin is refused by its browser before it has sent anything', async () => {
    await page.goto(stranger)
    expect(await ask('/cart', put)).toBe('TypeError: Failed to fetch')
    expect(logged('/cart').map((each) => (each as unknown[])[0])).toEqual(['OPTIONS'])
  })

  test('an allowed origin sees the status of errors, another sees nothing', async () => {
    const get: Sent = { method: 'GET', headers: { Accept: 'application/json' }, body: null }
    await page.goto(friend)
    const failed = await ask('/fail', get)
    expect(failed).toMatchObject({ status: 503, id: site.lines('/fail')[0]?.id })
    expect(JSON.parse((failed as Got).text)).toMatchObject({ status: 503, contact: 'webmaster@example.org' })
    expect(await ask('/missing', get)).toMatchObject({ status: 404 })
    expect(await ask('/cart', { ...put, body: 'x'.repeat(2_000_000) })).toMatchObject({ status: 413 })
    await page.goto(stranger)
    expect(await ask('/fail', get)).toBe('TypeError: Failed to fetch')
  })

  /** A page of a stranger fills a form for the visitor, and sends it. */
  const sendForm = (action: string): Promise<void> =>
    page.evaluate((url) => {
      const form = document.createElement('form')
      form.method = 'post'
      form.action = url
      form.innerHTML = '<input name="what" value="everything">'
      document.body.append(form)
      form.submit()
    }, action)

  test('a form of the site itself is read', async () => {
    await page.click('button')
    await expect.poll(() => page.title()).toBe('Sold')
    expect(sold).toEqual(['ada own'])
  })

  test('a form of another site is refused, and nothing is done', async () => {
    await page.goto(stranger)
    const answered = page.waitForResponse(`${site.origin}/sell`)
    await sendForm(`${site.origin}/sell`)
    expect((await answered).status()).toBe(403)
    expect(logged('/sell')).toEqual([['POST', 403]])
    expect(sold).toEqual([])
  })

  test('a form of another origin that is allowed is read', async () => {
    await page.goto(friend)
    await sendForm(`${site.origin}/sell`)
    await expect.poll(() => page.title()).toBe('Sold')
    expect(sold).toEqual(['ada everything'])
  })
})
