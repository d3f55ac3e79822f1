import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Entries } from './entries.ts'

let folder: string
let entries: Entries

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guestbook-entries-'))
  entries = new Entries(join(folder, 'guestbook.db'))
})

afterEach(async () => {
  entries.close()
  await rm(folder, { recursive: true })
})

test('gives back what was added', () => {
  const id = entries.add({ name: 'Zoë', message: "Robert'); DROP TABLE entries;--\n🐧", picture: 'a.png' })
  expect(entries.get(id)).toEqual({
    id,
    name: 'Zoë',
    message: "Robert'); DROP TABLE entries;--\n🐧",
    picture: 'a.png',
    writtenAt: expect.any(Date),
  })
})

test('gives the newest first, and the next page by the last id of the one before', () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) entries.add({ name, message: 'Hi', picture: undefined })
  const first = entries.page(2)
  expect(first.map((entry) => entry.name)).toEqual(['e', 'd'])
  expect(entries.page(2, first.at(-1)?.id).map((entry) => entry.name)).toEqual(['c', 'b'])
  expect(entries.page(2, 1)).toEqual([])
})

test('removes an entry once, and never gives its id to another', () => {
  const id = entries.add({ name: 'a', message: 'Hi', picture: 'a.png' })
  expect(entries.remove(id)?.picture).toBe('a.png')
  expect(entries.remove(id)).toBeUndefined()
  expect(entries.get(id)).toBeUndefined()
  expect(entries.add({ name: 'b', message: 'Hi', picture: undefined })).toBe(id + 1)
})

test('keeps the entries in the file, also while another process has it open', () => {
  const id = entries.add({ name: 'a', message: 'Hi', picture: undefined })
  const other = new Entries(join(folder, 'guestbook.db'))
  expect(other.get(id)?.name).toBe('a')
  other.add({ name: 'b', message: 'Hi', picture: undefined })
  other.close()
  expect(entries.page(10)).toHaveLength(2)
})
