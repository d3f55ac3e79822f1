import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { createAdmin } from './admin.ts'
import { Entries } from './entries.ts'
import { filledForm, openGuestbook, png } from './guestbook.test-support.ts'
import { Pictures } from './pictures.ts'

test('deletes an entry and its picture', async () => {
  const { client, data } = await openGuestbook()
  await client.post('/', { body: filledForm('Ann', 'Hello', png) })
  await client.post('/', { body: filledForm('Bob', 'Hi', png) })
  const list = (await client.get('/admin')).text()
  expect(list).toContain('action="/admin/entries/1/delete"')

  const deleted = await client.post('/admin/entries/1/delete')
  expect(deleted.status).toBe(303)
  expect(deleted.headers.get('location')).toBe('/admin/')
  expect(await readdir(join(data, 'pictures'))).toHaveLength(1)
  expect((await client.get('/admin/')).text()).not.toContain('Ann')
  expect((await client.post('/admin/entries/1/delete')).status).toBe(404)
})

test('deletes nothing by a link', async () => {
  const { client } = await openGuestbook()
  await client.post('/', { body: filledForm('Ann', 'Hello') })
  const answer = await client.get('/admin/entries/1/delete')
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toContain('POST')
  expect((await client.get('/entries/1')).status).toBe(200)
})

test('deletes nothing for a page of another site', async () => {
  const { client } = await openGuestbook()
  await client.post('/', { body: filledForm('Ann', 'Hello') })
  const headers = { 'Sec-Fetch-Site': 'cross-site' }
  expect((await client.post('/admin/entries/1/delete', { headers })).status).toBe(403)
  expect((await client.get('/entries/1')).status).toBe(200)
})

test('finds its own paths wherever it is mounted', async () => {
  const { data } = await openGuestbook()
  const entries = new Entries(join(data, 'other.db'))
  const pictures = new Pictures(join(data, 'other'))
  entries.add({ name: 'Ann', message: 'Hello', picture: undefined })
  const app = createAdmin(entries, pictures, (entry) => ({ ...entry, url: '/' }))
  const client = new Client(app, { environ: { SCRIPT_NAME: '/deep/down' } })
  const list = await client.get('/', { environ: { PATH_INFO: '/' } })
  expect(list.text()).toContain('action="/deep/down/entries/1/delete"')
})
