import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guestbookFolder, type ServedApplication, serveGuestbook } from './support/command.ts'
import { filledForm, png } from './support/form.ts'
import { makeTemporaryFolders, type TemporaryFolders } from './support/guestbook-copy.ts'
import { findNodes } from './support/node-versions.ts'

for (const { title, path } of findNodes(24, 26)) {
  describe.skipIf(path === undefined)(`the guestbook, served by the command on ${title}`, () => {
    let folders: TemporaryFolders
    let guestbook: ServedApplication
    let url: string

    beforeAll(async () => {
      folders = await makeTemporaryFolders()
      guestbook = await serveGuestbook({ cwd: guestbookFolder, node: path as string, env: folders.env })
      url = guestbook.url
    })

    afterAll(async () => {
      const code = await guestbook?.stop()
      await folders.remove()
      expect(code).toBe(0)
    })

    test('shows a page with a form', async () => {
      const answer = await fetch(url)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(await answer.text()).toContain('<form method="post" action="/" enctype="multipart/form-data">')
    })

    test('lists what the form sent, with its picture, and remembers the name', async () => {
      const sent = await fetch(url, {
        method: 'POST',
        body: filledForm('Ann <ann@example.org>', 'Hello\nfrom here', png),
        redirect: 'manual',
      })
      expect(sent.status).toBe(303)
      expect(sent.headers.get('location')).toMatch(/^\/#entry-\d+$/)
      const cookie = (sent.headers.getSetCookie()[0] as string).split(';')[0] as string

      const page = await (await fetch(url, { headers: { Cookie: cookie } })).text()
      expect(page).toContain('value="Ann &lt;ann@example.org&gt;"')
      expect(page).toContain('<p class="message">Hello\nfrom here</p>')

      const source = /<img src="(\/pictures\/[^"]+)"/.exec(page)?.[1] as string
      const picture = await fetch(new URL(source, url))
      expect(picture.headers.get('content-type')).toBe('image/png')
      expect(Buffer.from(await picture.arrayBuffer()).equals(png)).toBe(true)

      const { entries } = (await (await fetch(`${url}entries.json`)).json()) as { entries: object[] }
      expect(entries[0]).toMatchObject({ name: 'Ann <ann@example.org>', picture: source })
    })

    test('keeps a picture that is too large for the memory, and no temporary file of it', async () => {
      const large = Buffer.concat([png, Buffer.alloc(1_500_000, 'x')])
      const sent = await fetch(url, { method: 'POST', body: filledForm('Bob', 'Large', large) })
      const source = /<img src="(\/pictures\/[^"]+)"/.exec(await sent.text())?.[1] as string
      const picture = await fetch(new URL(source, url))
      expect(Buffer.from(await picture.arrayBuffer()).equals(large)).toBe(true)
      expect((await readdir(folders.temporary)).filter((name) => name.startsWith('stapel-upload'))).toEqual(
        [],
      )
    })

    test('answers 304 for the style sheet that the client has', async () => {
      const first = await fetch(`${url}static/style.css`)
      expect(first.headers.get('content-type')).toBe('text/css; charset=utf-8')
      await first.text()
      const etag = first.headers.get('etag') as string
      const second = await fetch(`${url}static/style.css`, { headers: { 'If-None-Match': etag } })
      expect(second.status).toBe(304)
      expect(await second.text()).toBe('')
    })

    test('compresses with gzip for those who ask for it', async () => {
      const plain = await fetch(`${url}static/style.css`, { headers: { 'Accept-Encoding': 'identity' } })
      expect(plain.headers.get('content-encoding')).toBeNull()
      const gzipped = await fetch(`${url}static/style.css`, { headers: { 'Accept-Encoding': 'gzip' } })
      expect(gzipped.headers.get('content-encoding')).toBe('gzip')
      expect(gzipped.headers.get('vary')).toMatch(/accept-encoding/i)
      expect(await gzipped.text()).toBe(await plain.text())
    })

    test.each(['fail', 'fail/later'])(
      'shows the 503 page for /%s with what failed, as in development, and the log says why',
      async (path) => {
        const answer = await fetch(`${url}${path}`, { headers: { Accept: 'text/html' } })
        expect(answer.status).toBe(503)
        expect(answer.headers.get('retry-after')).toBe('30')
        expect(answer.headers.getSetCookie()).toEqual([])
        const page = await answer.text()
        expect(page).toContain('mailto:webmaster@example.org')
        expect(page).toContain('This route fails on purpose')
        await guestbook.printed(/This route fails on purpose/)
      },
    )

    test('answers 404 for what is not there, also below a mount', async () => {
      for (const path of ['nothing', 'entries/99999', 'admin/nothing', 'static/nothing.css', 'entries/one']) {
        expect((await fetch(`${url}${path}`)).status).toBe(404)
      }
    })

    test('deletes an entry and its picture through the administration', async () => {
      await fetch(url, { method: 'POST', body: filledForm('Eve', 'Spam', png) })
      const before = await readdir(join(folders.data, 'pictures'))
      const list = await (await fetch(`${url}admin/`)).text()
      const action = /action="(\/admin\/entries\/\d+\/delete)"/.exec(list)?.[1] as string
      const deleted = await fetch(new URL(action, url), { method: 'POST', redirect: 'manual' })
      expect(deleted.status).toBe(303)
      expect(deleted.headers.get('location')).toBe('/admin/')
      expect(await (await fetch(url)).text()).not.toContain('Spam')
      expect(await readdir(join(folders.data, 'pictures'))).toHaveLength(before.length - 1)
    })

    test('logs each request in one line', async () => {
      await fetch(`${url}entries.json?before=1`)
      await guestbook.printed(/^GET \/entries\.json\?before=1 200 \d+ B \d+ ms$/m)
    })
  })
}
