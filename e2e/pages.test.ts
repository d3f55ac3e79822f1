import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findProgram } from './hosts/programs.ts'
import { listening, run, type ServedApplication, stapel } from './support/command.ts'
import { failingFolder } from './support/failing-application.ts'

const program = await findProgram('chromium')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Where pictures of the pages are put, to be looked at. */
const pictures = process.env.STAPEL_PICTURES

test('Chromium is installed where CI runs', () => {
  if (process.env.CI) expect(program, 'apt-get install chromium').toBeDefined()
})

describe.skipIf(program === undefined)('error pages in Chromium (skipped without chromium)', () => {
  let browser: Browser
  let served: ServedApplication
  let broken: ServedApplication

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program as string, args: ['--no-sandbox'] })
    const env = { STAPEL_EDITOR: 'code' }
    const serve = (name: string): Promise<ServedApplication> =>
      listening(
        run(process.execPath, [stapel, `${failingFolder}/${name}`, '--port', '0'], {
          cwd: failingFolder,
          env,
        }),
      )
    served = await serve('app.js')
    broken = await serve('missing-export.js')
  })

  afterAll(async () => {
    await browser?.close()
    await served?.stop()
    await broken?.stop()
  })

  /** The pages, each by another cause. */
  const pages: readonly (readonly [name: string, address: () => string])[] = [
    ['a throw with a cause', () => `${served.url}users/bob?token=secret-in-query`],
    ['several errors at once', () => `${served.url}several`],
    ['a value that is no error', () => `${served.url}value`],
    ['a path without a rule', () => `${served.url}nowhere`],
    ['an export that there is not', () => broken.url],
  ]

  /** Opens a page; what it may not load or run, and what fails in it, is noted. */
  async function open(
    address: string,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext(options)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(address)
    return { page, complaints }
  }

  describe.each(pages)('%s', (name, address) => {
    describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
      test.each([
        ['desktop', { width: 1280, height: 900 }],
        ['phone', { width: 360, height: 740 }],
      ] as const)('is readable on a %s', async (device, viewport) => {
        // The rules are run by the browser's tools, which the policy of the page would refuse as it refuses any script.
        const { page } = await open(address(), { colorScheme, viewport, bypassCSP: true })
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true
        })
        if (pictures !== undefined) {
          const file = `${pictures}/${name.replaceAll(' ', '-')}-${colorScheme}-${device}.png`
          await page.screenshot({ path: file, fullPage: true })
        }
        await page.addScriptTag({ content: axe })
        const violations = await page.evaluate(async () => {
          const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
          return (await axe.run()).violations.map(({ id, impact, nodes }) => ({
            id,
            impact,
            nodes: nodes.map(({ html }) => html),
          }))
        })
        expect(violations).toEqual([])
        const width = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(width, 'nothing is wider than the screen').toBeLessThanOrEqual(viewport.width)
      })
    })

    test('needs no script, and loads nothing', async () => {
      const { page, complaints } = await open(address(), { javaScriptEnabled: false })
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.reload()
      expect(asked.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([page.url()])
      expect(complaints).toEqual([])
      expect(await page.locator('h1').isVisible()).toBe(true)
    })
  })

  test('the calls of libraries are folded, and unfold by keyboard alone', async () => {
    const { page } = await open(`${served.url}several`, { javaScriptEnabled: false })
    const folded = page.locator('details', { hasText: / calls? in / }).first()
    await expect.poll(() => folded.locator('pre').isVisible()).toBe(false)
    await folded.locator('summary').focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => folded.locator('pre').isVisible()).toBe(true)
  })

  test('a place opens in the editor', async () => {
    const { page } = await open(`${served.url}users/bob`)
    expect(await page.locator('.place a').first().getAttribute('href')).toMatch(
      /^vscode:\/\/file\/.+\/users\.js:\d+:\d+$/,
    )
  })

  // robustness.md D3, E1
  test('markup in messages, members, paths and headers is shown and never run', async () => {
    const { page, complaints } = await open(
      `${served.url}users/${encodeURIComponent('<img src=x onerror=document.title="run">')}`,
      { extraHTTPHeaders: { 'X-Markup': '<script>document.title="run"</script>' } },
    )
    expect(await page.title()).toContain('<img src=x')
    expect(await page.title()).not.toBe('run')
    expect(await page.locator('img, script, iframe').count()).toBe(0)
    expect(await page.locator('main').textContent()).toContain('<script>document.title="run"</script>')
    expect(complaints).toEqual([])
  })

  test('the exports that there are, and a name like the one that was looked for, are offered', async () => {
    const { page } = await open(broken.url)
    expect(await page.locator('.advice').textContent()).toMatch(
      /Did you mean findUser\?[\s\S]*exports findUser/,
    )
  })
})

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}
