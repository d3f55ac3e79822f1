import { ContentTooLarge } from '@stapel/core'
import { expect, test } from 'vitest'
import { FormEntries } from './form-entries.ts'
import { formLimits } from './form-limits.ts'

test('entries keep their order, whichever file is written first', async () => {
  const entries = new FormEntries(formLimits())
  let finish: (file: File) => void = () => {}
  entries.addFile(
    'slow',
    new Promise<File>((resolve) => {
      finish = resolve
    }),
  )
  entries.addField('a', '1')
  entries.addFile('fast', Promise.resolve(new File(['x'], 'fast.txt')))
  finish(new File(['y'], 'slow.txt'))
  const form = await entries.toFormData()
  expect([...form.keys()]).toEqual(['slow', 'a', 'fast'])
  expect((form.get('slow') as File).name).toBe('slow.txt')
})

test('a file that fails fails the form, after all have settled', async () => {
  const entries = new FormEntries(formLimits())
  entries.addFile('a', Promise.reject(new Error('gone')))
  await entries.settled()
  await expect(entries.toFormData()).rejects.toThrow('gone')
})

test('fields are counted in bytes, one by one and together (M2)', () => {
  const entries = new FormEntries(formLimits({ field: 4, fields: 10, name: 2 }))
  entries.addField('a', 'üü')
  expect(() => entries.addField('a', 'üüx')).toThrow(ContentTooLarge)
  expect(() => entries.addField('üü', '')).toThrow(ContentTooLarge)
  entries.addField('b', '1234')
  expect(() => entries.addField('c', '')).toThrow('more than 10 bytes of fields')
})

test('files and parts are refused one over their limit, before they are kept (M1)', () => {
  const entries = new FormEntries(formLimits({ files: 1, parts: 2 }))
  entries.countFile()
  expect(() => entries.countFile()).toThrow('more than 1 files')
  entries.addField('a', '')
  entries.addField('b', '')
  expect(() => entries.addField('c', '')).toThrow('more than 2 parts')
  expect(entries.size).toBe(2)
})
