import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { findProgram } from '../hosts/programs.ts'

/** Where Chromium is; its tests are skipped where it is not, but fail in CI. */
export const program: string | undefined = await findProgram('chromium')

/** To be added to titles. */
export const skipped: string = program === undefined ? ' (skipped: apt-get install chromium)' : ''

/** The test that is there where no other is. */
export function testInstalled(): void {
  test('Chromium is installed where CI runs', () => {
    if (process.env.CI) expect(program, 'apt-get install chromium').toBeDefined()
  })
}

/** Starts the browser; `trusted` is the hash of a key whose certificates it takes, though nobody has signed them. */
export function launch(trusted?: string): Promise<Browser> {
  const args = ['--no-sandbox']
  if (trusted !== undefined) args.push(`--ignore-certificate-errors-spki-list=${trusted}`)
  return chromium.launch({ executablePath: program as string, args })
}

/** A page with a cache and cookies of its own, gone at the end of the test. */
export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  return context.newPage()
}
