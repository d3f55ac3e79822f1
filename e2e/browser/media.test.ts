import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, openPage, program, skipped, testInstalled } from './chromium.ts'
import { html, type Site, startSite } from './site.ts'

testInstalled()

describe.skipIf(program === undefined)(`media in Chromium${skipped}`, () => {
  const sound = createSound(240)
  let site: Site
  let browser: Browser

  beforeAll(async () => {
    const video = '<video src="/static/sound.wav" preload="metadata" controls></video>'
    const { app } = new Router().get(
      '/',
      Request.application(() => new Response(html('<title>Plays</title>', video), { mimetype: 'text/html' })),
    )
    site = await startSite(app, { files: { 'static/sound.wav': sound } })
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  test('a video element seeks in a large file by ranges, without loading all of it', async () => {
    const page = await openPage(browser)
    await page.goto(site.origin)
    const video = page.locator('video')
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.duration)).toBe(240)
    await video.evaluate(
      (element: HTMLVideoElement) =>
        new Promise((resolve) => {
          element.addEventListener('seeked', resolve, { once: true })
          element.currentTime = 200
        }),
    )
    const { time, buffered, error } = await video.evaluate((element: HTMLVideoElement) => ({
      time: element.currentTime,
      buffered: Array.from(
        { length: element.buffered.length },
        (_, index) => [element.buffered.start(index), element.buffered.end(index)] as const,
      ),
      error: element.error?.message,
    }))
    expect({ time, error }).toEqual({ time: 200, error: undefined })
    expect(buffered.some(([start, end]) => start <= 200 && end > 200)).toBe(true)
    expect(site.bytesWritten()).toBeLessThan(sound.length / 2)
    await page.goto('about:blank')
    const answers = (): unknown[] => site.lines('/static/sound.wav').map(({ status }) => status)
    await expect.poll(() => answers().length).toBeGreaterThan(1)
    // Of what it has already, it asks whether that is current; it may leave before there is a status.
    for (const status of answers()) expect([206, 304, undefined]).toContain(status)
    const starts = site.lines('/static/sound.wav').map((line) => /\d+/.exec(line['request.range'] ?? '')?.[0])
    expect(starts).toContain('0')
    expect(starts.some((start) => Number(start) > sound.length / 2)).toBe(true)
  })
})

/** So many seconds of silence: RIFF, 16 bits, two channels, 44100 times a second. */
function createSound(seconds: number): Buffer {
  const rate = 44_100
  const size = seconds * rate * 4
  const bytes = Buffer.alloc(44 + size)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + size, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(2, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 4, 28)
  bytes.writeUInt16LE(4, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(size, 40)
  return bytes
}
