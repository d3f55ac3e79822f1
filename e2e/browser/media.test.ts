import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, openPage, program, skipped, testInstalled } from './chromium.ts'
import { html, type Site, startSite } from './site.ts'
import { muxWebm } from './webm.ts'

testInstalled()

describe.skipIf(program === undefined)(`media in Chromium${skipped}`, () => {
  const sound = createSound(720)
  let site: Site
  let browser: Browser

  beforeAll(async () => {
    const video = '<video src="/static/sound.wav" preload="metadata" controls></video>'
    const film = '<video src="/static/film.webm" preload="metadata" controls></video>'
    const { app } = new Router()
      .get(
        '/',
        Request.application(
          () => new Response(html('<title>Plays</title>', video), { mimetype: 'text/html' }),
        ),
      )
      .get(
        '/film',
        Request.application(
          () => new Response(html('<title>Plays</title>', film), { mimetype: 'text/html' }),
        ),
      )
    site = await startSite(app, { files: { 'static/sound.wav': sound } })
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  test('a long sound is wound forward by ranges, without loading all of it', async () => {
    const page = await openPage(browser)
    await page.goto(site.origin)
    const video = page.locator('video')
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.duration)).toBe(720)
    await video.evaluate(
      (element: HTMLVideoElement) =>
        new Promise((resolve) => {
          element.addEventListener('seeked', resolve, { once: true })
          element.currentTime = 600
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
    expect({ time, error }).toEqual({ time: 600, error: undefined })
    expect(buffered.some(([start, end]) => start <= 600 && end > 600)).toBe(true)
    // Chromium holds a few MiB a range, and the kernel's buffers of a connection on loopback up to 36 MiB.
    expect(site.bytesWritten()).toBeLessThan(sound.length * 0.8)
    await page.goto('about:blank')
    const answers = (): unknown[] => site.lines('/static/sound.wav').map(({ status }) => status)
    await expect.poll(() => answers().length).toBeGreaterThan(1)
    // Of what it has already, it asks whether that is current; it may leave before there is a status.
    for (const status of answers()) expect([206, 304, undefined]).toContain(status)
    const starts = site.lines('/static/sound.wav').map((line) => /\d+/.exec(line['request.range'] ?? '')?.[0])
    expect(starts).toContain('0')
    expect(starts.some((start) => Number(start) > sound.length / 2)).toBe(true)
  })

  test('a film shows the picture of the time it was wound to, and the rest is not loaded', async () => {
    const page = await openPage(browser)
    await page.goto(site.origin)
    const film = await makeFilm(page)
    expect(film.length).toBeGreaterThan(20_000_000)
    await site.write('static/film.webm', film)
    await page.goto('about:blank')
    site.forget()
    const before = site.bytesWritten()
    await page.goto(`${site.origin}/film`)
    const video = page.locator('video')
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.duration)).toBe(400)
    await expect.poll(() => colorAt(page, 0)).toBe('red')
    await expect.poll(() => colorAt(page, 350)).toBe('blue')
    expect(site.bytesWritten() - before).toBeLessThan(film.length * 0.8)
    await page.goto('about:blank')
    const starts = (): number[] =>
      site
        .lines('/static/film.webm')
        .filter(({ status }) => status === 206)
        .map((line) => Number(/\d+/.exec(line['request.range'] ?? '')?.[0]))
    await expect.poll(() => starts().some((start) => start > film.length / 2)).toBe(true)
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

/** A film of noise, a picture a second, red in its first half and blue in its second. */
async function makeFilm(page: Page): Promise<Buffer> {
  const [width, height] = [640, 480]
  const encoded = await page.evaluate(
    async ([w, h]) => {
      const chunks: string[] = []
      const encoder = new VideoEncoder({
        output(chunk) {
          const bytes = new Uint8Array(chunk.byteLength)
          chunk.copyTo(bytes)
          chunks.push(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
        },
        error(failure) {
          throw failure
        },
      })
      encoder.configure({ codec: 'vp8', width: w, height: h, bitrate: 40_000_000 })
      for (const [index, tint] of [0, 2].entries()) {
        const pixels = new Uint8Array(w * h * 4)
        for (let at = 0; at < pixels.length; at++) {
          pixels[at] = at % 4 === tint ? 200 + Math.random() * 55 : Math.random() * 100
        }
        const frame = new VideoFrame(pixels, {
          format: 'RGBX',
          codedWidth: w,
          codedHeight: h,
          timestamp: index,
        })
        encoder.encode(frame, { keyFrame: true })
        frame.close()
      }
      await encoder.flush()
      return chunks
    },
    [width, height] as const,
  )
  const [red, blue] = encoded.map((text) => Buffer.from(text, 'latin1')) as [Buffer, Buffer]
  const frames = Array.from({ length: 400 }, (_, second) => (second < 200 ? red : blue))
  return muxWebm({ width, height, frameMs: 1000, frames })
}

/** What the film shows mostly at a time, in seconds; nothing where the browser is there and has no picture yet. */
function colorAt(page: Page, time: number): Promise<string> {
  return page.locator('video').evaluate(async (element: HTMLVideoElement, seconds) => {
    await new Promise((resolve) => {
      element.addEventListener('seeked', resolve, { once: true })
      element.currentTime = seconds
    })
    const canvas = document.createElement('canvas')
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.drawImage(element, 0, 0, 1, 1)
    const [red = 0, , blue = 0, alpha] = context.getImageData(0, 0, 1, 1).data
    if (alpha === 0) return 'nothing'
    return red > blue ? 'red' : 'blue'
  }, time)
}
