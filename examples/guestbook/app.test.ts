import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filledForm, openGuestbook, png } from './guestbook.test-support.ts'

const html = { Accept: 'text/html' }

describe('reading', () => {
  test('an empty guestbook invites to write', async () => {
    const { client } = await openGuestbook()
    const answer = await client.get('/', { headers: html })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.text()).toContain('Nobody has written yet')
  })

  test('a long guestbook is read page by page', async () => {
    const { client } = await openGuestbook()
    for (let i = 1; i <= 21; i++) {
      await client.post('/', { body: new URLSearchParams({ name: 'Ann', message: `Message ${i}.` }) })
    }
    const first = await client.get('/')
    expect(first.text()).toContain('Message 2.')
    expect(first.text()).not.toContain('Message 1.')
    const older = /<a href="([^"]+)" rel="next">/.exec(first.text())?.[1] as string
    const second = await client.get(older)
    expect(second.text()).toContain('Message 1.')
    expect(second.text()).not.toContain('Message 2.')
    expect(second.text()).not.toContain('rel="next"')
  })

  test('each entry has a page of its own', async () => {
    const { client } = await openGuestbook()
    await client.post('/', { body: filledForm('Ann', 'Hello', png) })
    const page = (await client.get('/entries/1')).text()
    expect(page).toContain('<title>An entry by Ann · Guestbook</title>')
    expect(page).toMatch(/<img class="picture" src="\/pictures\/[0-9a-f-]+\.png"/)
  })

  test('programs get the entries as JSON', async () => {
    const { client } = await openGuestbook()
    await client.post('/', { body: filledForm('Ann', 'Hello') })
    const answer = await client.get('/entries.json')
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.json()).toEqual({
      entries: [{ id: 1, name: 'Ann', message: 'Hello', url: '/entries/1', writtenAt: expect.any(String) }],
    })
  })
})

describe('writing', () => {
  test('an entry is listed, and the name remembered', async () => {
    const { client } = await openGuestbook()
    const sent = await client.post('/', { body: filledForm(' Ann\t Lee ', 'Hello\r\nthere\r\n') })
    expect(sent.status).toBe(303)
    expect(sent.headers.get('location')).toBe('/#entry-1')
    expect(sent.headers.getSetCookie()).toEqual([
      'name=Ann%20Lee; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax',
    ])
    const page = (await client.get('/', { headers: { Cookie: 'name=Ann%20Lee' } })).text()
    expect(page).toContain('<p class="message">Hello\nthere</p>')
    expect(page).toContain('autocomplete="name" value="Ann Lee">')
  })

  test('what visitors write is never markup', async () => {
    const { client } = await openGuestbook()
    const evil = `"><script>alert('1')</script>`
    await client.post('/', { body: filledForm(evil, `</textarea>${evil}`) })
    for (const path of ['/', '/entries/1', '/admin/']) {
      const page = (
        await client.get(path, { headers: { Cookie: `name=${encodeURIComponent(evil)}` } })
      ).text()
      expect(page).not.toContain('<script')
      expect(page).toContain('&lt;script&gt;')
    }
  })

  test('a picture is served as it was sent, under a name that is not its own', async () => {
    const { client, data } = await openGuestbook()
    await client.post('/', { body: filledForm('Ann', 'Hello', png) })
    const [name] = await readdir(join(data, 'pictures'))
    expect(name).toMatch(/^[0-9a-f-]{36}\.png$/)
    const picture = await client.get(`/pictures/${name}`)
    expect(Buffer.compare(picture.bytes(), png)).toBe(0)
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(picture.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('a page that calls itself a picture is refused', async () => {
    const { client, data } = await openGuestbook()
    const answer = await client.post('/', { body: filledForm('Ann', 'Hello', '<script>alert(1)</script>') })
    expect(answer.status).toBe(422)
    expect(answer.text()).toContain('id="picture-error"')
    expect(await readdir(join(data, 'pictures'))).toEqual([])
    expect((await client.get('/entries.json')).json()).toEqual({ entries: [] })
  })

  test.each([
    ['no name', '', 'Hello', 'name'],
    ['a name of spaces', ' \n ', 'Hello', 'name'],
    ['a long name', 'x'.repeat(81), 'Hello', 'name'],
    ['no message', 'Ann', '', 'message'],
    ['a long message', 'Ann', 'x'.repeat(2001), 'message'],
  ])('a form with %s is shown again with what was typed', async (_what, name, message, field) => {
    const { client } = await openGuestbook()
    const answer = await client.post('/', { body: filledForm(name, message) })
    expect(answer.status).toBe(422)
    expect(answer.text()).toContain(`aria-describedby="${field}-error"`)
    expect(answer.text()).toContain(message)
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('a form from a page of another site is refused', async () => {
    const { client } = await openGuestbook()
    const answer = await client.post('/', {
      body: filledForm('Ann', 'Hello'),
      headers: { 'Sec-Fetch-Site': 'cross-site' },
    })
    expect(answer.status).toBe(403)
  })
})

describe('the layers', () => {
  test('the style sheet is compressed for who asks, and 304 for who has it', async () => {
    const { client } = await openGuestbook()
    const first = await client.get('/static/style.css', { headers: { 'Accept-Encoding': 'gzip' } })
    expect(first.headers.get('content-encoding')).toBe('gzip')
    const etag = first.headers.get('etag') as string
    const second = await client.get('/static/style.css', { headers: { 'If-None-Match': etag } })
    expect(second.status).toBe(304)
  })

  test('a page is 304 for who has it, and another one when somebody has written', async () => {
    const { client } = await openGuestbook()
    const etag = (await client.get('/')).headers.get('etag') as string
    const headers = { 'If-None-Match': etag }
    expect((await client.get('/', { headers })).status).toBe(304)
    await client.post('/', { body: filledForm('Ann', 'Hello') })
    expect((await client.get('/', { headers })).status).toBe(200)
  })

  test('every answer has its identifier and the policy, files and errors too', async () => {
    const { client } = await openGuestbook()
    for (const path of ['/', '/static/style.css', '/nothing', '/fail']) {
      const { headers } = await client.get(path)
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    }
  })

  test('search engines are asked to leave the administration alone', async () => {
    const { client } = await openGuestbook()
    expect((await client.get('/admin/')).headers.get('x-robots-tag')).toBe('noindex')
    expect((await client.get('/')).headers.has('x-robots-tag')).toBe(false)
  })

  test('health asks the entries', async () => {
    const { client } = await openGuestbook()
    expect((await client.get('/healthz')).json()).toEqual({ status: 'pass' })
  })

  test.each(['/fail', '/fail/later'])('%s shows the page of the layer outside', async (path) => {
    const { client } = await openGuestbook()
    const answer = await client.get(path, { headers: html })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(answer.text()).toContain('webmaster@example.org')
    expect(answer.text()).not.toContain('on purpose')
    expect(answer.errors).toContain('on purpose')
  })
})

describe('bad input', () => {
  test.each([
    '/entries/%zz',
    '/entries/%ff',
    '/static/%zz',
    '/pictures/%ff',
    '/?before=x',
    '/entries.json?before=-1',
  ])('%s is answered 400', async (path) => {
    const { client } = await openGuestbook()
    expect((await client.get(path)).status).toBe(400)
  })

  test.each([
    '/nothing',
    '/entries/2',
    '/entries/0',
    '/entries/1e3',
    '/entries/',
    '/static/',
    '/static/..%2fapp.ts',
  ])('%s is answered 404', async (path) => {
    const { client } = await openGuestbook()
    expect((await client.get(path)).status).toBe(404)
  })

  test('a method that an address does not have is answered 405', async () => {
    const { client } = await openGuestbook()
    const answer = await client.request('/', { method: 'BREW' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST'])
  })

  test('a picture over its limit is answered 413, and nothing is kept', async () => {
    const { client, data } = await openGuestbook()
    const large = new Uint8Array(2_000_001)
    large.set(png)
    expect((await client.post('/', { body: filledForm('Ann', 'Hello', large) })).status).toBe(413)
    expect(await readdir(join(data, 'pictures'))).toEqual([])
  })

  test.each([
    ['multipart/form-data', '--b--', 400],
    ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nAnn', 400],
    ['multipart/form-data; boundary=b', 'name=Ann', 400],
    ['application/json', '{}', 415],
  ])('%s with %j is answered %i', async (type, body, status) => {
    const { client } = await openGuestbook()
    expect((await client.post('/', { headers: { 'Content-Type': type }, body })).status).toBe(status)
  })

  test('fields where a file should be, and files where a field should be, are no crash', async () => {
    const { client } = await openGuestbook()
    const form = new FormData()
    form.set('name', new File(['Ann'], 'name.txt'))
    form.set('picture', 'a picture')
    expect((await client.post('/', { body: form })).status).toBe(422)
  })
})
