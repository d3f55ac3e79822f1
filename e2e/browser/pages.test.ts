import { readFile } from 'node:fs/promises'
import { Router } from '@stapel/routing'
import { Request, Response, sendFile } from '@stapel/wrappers'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launch, openPage, program, skipped, testInstalled } from './chromium.ts'
import { html, type Site, startSite } from './site.ts'

testInstalled()

/** Names that are markup, quotes, other scripts, and parts of URLs. */
const listed = [
  '<img src=x onerror=document.title="run">.txt',
  '"><script>document.title="run"<.txt',
  'javascript:document.title="run"',
  "it's 100% #1?a=b&amp;c;.txt",
  'grün 🌲.txt',
].map((each) => each.replaceAll('/', ''))

const name = 'Bericht für „Grün“ 🌲.csv'

describe.skipIf(program === undefined)(`pages in Chromium${skipped}`, () => {
  let site: Site
  let browser: Browser
  let page: Page
  let violations: string[]

  beforeAll(async () => {
    const { app } = new Router()
      .get(
        '/',
        Request.application(() => {
          const form = `<form method="post" action="/upload" enctype="multipart/form-data">
            <input type="file" name="file"><button>Send</button></form><a href="/report">Report</a>`
          return new Response(html('<title>Start</title>', form), { mimetype: 'text/html' })
        }),
      )
      .get(
        '/scripts',
        Request.application(({ environ }) => {
          const nonce = environ['stapel.csp_nonce']
          const body = `<script nonce="${nonce}">
              document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
                document.body.dataset.violated = effectiveDirective
              })
              document.title = 'ours'
            </script>
            <script>document.title = 'injected'</script>
            <script nonce="guessed">document.title = 'guessed'</script>
            <img src="data:," onerror="document.title = 'attribute'">
            <style nonce="${nonce}">p { color: rgb(1, 2, 3) }</style><style>p { color: red }</style><p>Text</p>`
          return new Response(html('', body), {
            mimetype: 'text/html',
            headers: [['Cache-Control', 'no-store']],
          })
        }),
      )
      .add(
        '/violations',
        Request.application(async (request) => {
          violations.push(await request.text())
          return new Response(null, { status: 204 })
        }),
        { methods: ['POST'] },
      )
      .add(
        '/echo',
        Request.application(async (request) => new Response(await request.text())),
        {
          methods: ['POST'],
        },
      )
      .get('/fail', () => {
        throw new Error('secret')
      })
      .get('/report', sendFile(new Blob(['a,b\n1,2\n']), { attachment: true, downloadName: name }))
      .add(
        '/upload',
        Request.application(async (request) => {
          const form = await request.formData()
          return new Response(html('<title>Kept</title>', String((form.get('file') as File).size)), {
            mimetype: 'text/html',
          })
        }),
        { methods: ['POST'] },
      )
    site = await startSite(app, { files: Object.fromEntries(listed.map((each) => [`listed/${each}`, each])) })
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  beforeEach(async () => {
    violations = []
    page = await openPage(browser)
    await page.goto(site.origin)
    site.forget()
  })

  test('a script with the nonce runs, others do not, and what they tried is reported', async () => {
    await page.goto(`${site.origin}/scripts`)
    expect(await page.title()).toBe('ours')
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('p') as Element).color)).toBe(
      'rgb(1, 2, 3)',
    )
    await expect.poll(() => violations.length).toBe(4)
    const tried = violations.map((text) => JSON.parse(text)['csp-report']['effective-directive'])
    expect(tried.sort()).toEqual(['script-src-attr', 'script-src-elem', 'script-src-elem', 'style-src-elem'])
    expect(await page.getAttribute('body', 'data-violated')).toMatch(/^s(?:cript|tyle)-src/)
  })

  test('an application that fails shows a page that names the request', async () => {
    const answer = await page.goto(`${site.origin}/fail`)
    expect(answer?.status()).toBe(503)
    const text = await page.textContent('body')
    expect(text).toContain(site.lines('/fail')[0]?.id)
    expect(text).not.toContain('secret')
    expect(site.errors()).toContain('Error: secret')
    expect(await page.getAttribute('a[href^="mailto:"]', 'href')).toContain('webmaster@example.org')
    expect(answer?.headers()).toMatchObject({
      'x-request-id': site.lines('/fail')[0]?.id,
      'retry-after': '30',
    })
  })

  test('a download has its name, whatever letters that has', async () => {
    const began = page.waitForEvent('download')
    await page.click('a')
    const download = await began
    expect(download.suggestedFilename()).toBe(name)
    expect(await readFile(await download.path(), 'utf8')).toBe('a,b\n1,2\n')
  })

  const upload = (size: number): Promise<void> =>
    page.setInputFiles('input', {
      name: 'a.bin',
      mimeType: 'application/octet-stream',
      buffer: Buffer.alloc(size),
    })

  test('an upload below the limit is read', async () => {
    await upload(1_000_000)
    await page.click('button')
    await expect.poll(() => page.title()).toBe('Kept')
    expect(await page.textContent('body')).toBe('1000000')
  })

  test('an upload over the limit shows a page, not a connection that was reset', async () => {
    await upload(8_000_000)
    const answered = page.waitForResponse(/\/upload$/)
    await page.click('button')
    expect((await answered).status()).toBe(413)
    await expect.poll(() => page.textContent('body')).toContain('Content Too Large')
    expect(site.lines('/upload')).toMatchObject([{ status: 413, outcome: 'complete' }])
  })

  test('a listing runs nothing of the names in it, and leads to each file', async () => {
    await page.goto(`${site.origin}/listed/`)
    // What is not served is not listed: a colon means something else on Windows.
    const names = listed.filter((each) => !each.includes(':'))
    expect(await page.getByText('javascript:').count()).toBe(0)
    for (const each of names) {
      await page.getByRole('link', { name: each, exact: true }).click()
      await expect.poll(() => page.textContent('body')).toBe(each)
      await page.goBack()
    }
    expect(await page.title()).not.toBe('run')
    expect(await page.locator('script, img').count()).toBe(0)
  })

  test('what a script has compressed is read', async () => {
    const got = await page.evaluate(async () => {
      const text = 'ünïcödé '.repeat(1000)
      const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
      const body = await new globalThis.Response(stream).blob()
      const answer = await fetch('/echo', { method: 'POST', body, headers: { 'Content-Encoding': 'gzip' } })
      return { sent: body.size, same: (await answer.text()) === text }
    })
    expect(got).toEqual({ sent: expect.any(Number), same: true })
    expect(got.sent).toBeLessThan(200)
  })

  test('health is told, with every layer around it', async () => {
    const answer = await page.goto(`${site.origin}/healthz`)
    expect(await answer?.json()).toEqual({ status: 'pass' })
  })
})
