import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Exchange, exchange, startClients } from './support/clients.ts'
import { type ServedApplication, serveGuestbook } from './support/command.ts'
import {
  copyGuestbook,
  type GuestbookCopy,
  makeTemporaryFolders,
  type TemporaryFolders,
} from './support/guestbook-copy.ts'
import { findNodes } from './support/node-versions.ts'

const PAGES_BETWEEN_SAVES = 200

for (const { title, path } of findNodes(24, 26)) {
  describe.skipIf(path === undefined)(`the guestbook, edited while it is served on ${title}`, () => {
    let folders: TemporaryFolders
    let copy: GuestbookCopy
    let guestbook: ServedApplication

    beforeEach(async () => {
      folders = await makeTemporaryFolders()
      copy = await copyGuestbook()
      guestbook = await serveGuestbook({ cwd: copy.folder, node: path as string, env: folders.env })
    })

    afterEach(async () => {
      await guestbook?.stop()
      await copy.remove()
      await folders.remove()
    })

    test('answers every request of 8 clients rightly through five saves, and the new text soon', async ({
      onTestFinished,
    }) => {
      const readers = startClients(8, (agent) => exchange(guestbook.url, agent))
      const writer = startClients(1, (agent) =>
        exchange(guestbook.url, agent, {
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'name=Ann&message=Hello',
        }),
      )
      onTestFinished(async () => {
        await Promise.all([readers.stop(), writer.stop()])
      })
      const headings = [
        'What others wrote',
        'First edit',
        'Second edit',
        'Third edit',
        'Fourth edit',
        'Fifth edit',
      ]
      const arrivals: Exchange[] = []
      const delays: number[] = []
      await readers.next(({ text }) => text.includes(heading(headings[0] as string)))
      for (const [index, next] of headings.slice(1).entries()) {
        const save = index % 2 === 0 ? copy.edit : copy.editByRename
        const arrival = readers.next(({ text }) => text.includes(heading(next)))
        const savedAt = await save('pages.ts', headings[index] as string, next)
        const first = await arrival
        arrivals.push(first)
        delays.push(Math.round(first.endedAt - savedAt))
        let served = 0
        await readers.next(() => ++served === PAGES_BETWEEN_SAVES)
      }
      await Promise.all([readers.stop(), writer.stop()])

      const restarts = [...guestbook.output().matchAll(/^Ready in (.*)$/gm)].map(([, time]) => time)
      console.log(
        `${title}: the new text came ${delays.join(', ')} ms after the save, of which the start of the application took ${restarts.join(', ')}; ${readers.exchanges.length} pages read, ${writer.exchanges.length} entries written`,
      )
      const wrong = readers.exchanges.filter(({ status, error }) => status !== 200 || error !== undefined)
      expect(wrong).toEqual([])
      const versions = readers.exchanges.map(({ text }) =>
        headings.filter((each) => text.includes(heading(each))),
      )
      expect(versions.every((found) => found.length === 1)).toBe(true)
      for (const [index, { endedAt }] of arrivals.entries()) {
        const later = readers.exchanges.filter(({ startedAt }) => startedAt > endedAt)
        const older = headings.slice(0, index + 1)
        expect(later.filter(({ text }) => older.some((each) => text.includes(heading(each))))).toEqual([])
      }
      expect(writer.exchanges.filter(({ status, error }) => status !== 303 || error !== undefined)).toEqual(
        [],
      )
      const opened = [...readers.exchanges, ...writer.exchanges].filter(({ reused }) => !reused)
      expect(opened).toHaveLength(9)

      // Each form was taken once: an answer of 303 is one entry, and there are no others.
      const page = await (await fetch(`${guestbook.url}entries.json`)).json()
      expect((page as { entries: { id: number }[] }).entries[0]?.id).toBe(writer.exchanges.length)
    })

    test('shows a syntax error with its file and line, and the page again after the next good save', async () => {
      const read = async (): Promise<{ status: number; text: string }> => {
        const answer = await fetch(guestbook.url, { headers: { Accept: 'text/html' } })
        return { status: answer.status, text: await answer.text() }
      }
      expect(await read()).toMatchObject({ status: 200 })

      await copy.edit('robots.ts', 'export function noIndex(', 'export function noIndex((')
      const broken = await until(read, ({ status }) => status !== 200)
      expect(broken.status).toBe(500)
      expect(broken.text).toMatch(/robots\.ts:\d+/)
      expect(broken.text).toContain('export function noIndex((')
      await guestbook.printed(/robots\.ts:\d+/)

      await copy.edit('robots.ts', 'export function noIndex((', 'export function noIndex(')
      const mended = await until(read, ({ status }) => status !== 500)
      expect(mended.status).toBe(200)
      expect(mended.text).toContain('What others wrote')
    })
  })
}

function heading(text: string): string {
  return `<h2 id="entries">${text}</h2>`
}

/** Asks again and again until the answer is the wanted one; the test's time limit bounds it. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
  }
}
