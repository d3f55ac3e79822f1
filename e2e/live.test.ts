import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findProgram } from './hosts/programs.ts'
import { listening, run, type ServedApplication, stapel } from './support/command.ts'

const program = await findProgram('chromium')

const app = (heading: string): string => `import { readFileSync } from 'node:fs'
export function app(environ, startResponse) {
  if (environ.PATH_INFO === '/site.css') {
    startResponse('200 OK', [['Content-Type', 'text/css']])
    return readFileSync(new URL('site.css', import.meta.url), 'utf8')
  }
  startResponse('200 OK', [['Content-Type', 'text/html'], ['Content-Security-Policy', "default-src 'self'"]])
  return \`<!doctype html><html><head><title>Live</title><link rel="stylesheet" href="/site.css"></head><body><h1>${heading}</h1></body></html>\`
}
`

describe.skipIf(program === undefined)('--live in Chromium (skipped without chromium)', () => {
  let browser: Browser
  let folder: string
  let served: ServedApplication
  const save = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program as string, args: ['--no-sandbox'] })
    folder = await mkdtemp(join(tmpdir(), 'stapel-live-'))
    await save('package.json', '{"type":"module"}')
    await save('app.js', app('One'))
    await save('site.css', 'h1 { color: rgb(255, 0, 0) }')
    served = await listening(
      run(process.execPath, [stapel, 'app.js', '--port', '0', '--live', '--watch', '*.css'], { cwd: folder }),
    )
  })

  afterAll(async () => {
    await browser?.close()
    await served?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('the page follows the code, through an error, and its style without a reload', async () => {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const problems: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('500')) problems.push(message.text())
    })
    await page.goto(served.url)
    const heading = page.locator('h1')
    expect(await heading.textContent()).toBe('One')

    await page.evaluate(() => Object.assign(globalThis, { loadedOnce: true }))
    for (const blue of [251, 252, 253, 254, 255]) {
      await save('site.css', `h1 { color: rgb(0, 0, ${blue}) }`)
      await expect
        .poll(() => heading.evaluate((element) => getComputedStyle(element).color), { timeout: 20_000 })
        .toBe(`rgb(0, 0, ${blue})`)
    }
    await expect.poll(() => page.locator('link').count()).toBe(1)
    expect(await page.evaluate(() => 'loadedOnce' in globalThis)).toBe(true)

    await save('app.js', app('Two'))
    await expect.poll(() => heading.textContent().catch(() => ''), { timeout: 20_000 }).toBe('Two')
    await save('app.js', 'const = 3')
    await expect
      .poll(() => heading.textContent().catch(() => ''), { timeout: 20_000 })
      .toContain('SyntaxError')
    await save('app.js', app('Three'))
    await expect.poll(() => heading.textContent().catch(() => ''), { timeout: 20_000 }).toBe('Three')
    expect(problems).toEqual([])
  }, 90_000)
})
