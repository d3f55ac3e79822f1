import { ContentTooLarge } from '@stapel/core'
import { expect, test } from 'vitest'
import { formLimits } from './form-limits.ts'
import { FormTally } from './form-tally.ts'

test('parts and files are refused one over their limit (robustness.md M1)', () => {
  const tally = new FormTally(formLimits({ parts: 2, files: 1 }))
  tally.addPart()
  tally.addFile('a')
  expect(() => tally.addFile('b')).toThrow('The form has more than 1 files.')
  tally.addPart()
  expect(() => tally.addPart()).toThrow(ContentTooLarge)
})

test('a field is counted over all its pieces (robustness.md M7)', () => {
  const tally = new FormTally(formLimits({ field: 4 }))
  tally.addField('a')
  tally.addToField(2)
  tally.addToField(2)
  expect(() => tally.addToField(1)).toThrow('The form has a field of more than 4 bytes.')
})

test('each field begins anew, their names and values count together (robustness.md M2)', () => {
  const tally = new FormTally(formLimits({ field: 4, fields: 10 }))
  tally.addField('a')
  tally.addToField(4)
  tally.addField('bb')
  tally.addToField(3)
  expect(() => tally.addToField(1)).toThrow('The form has more than 10 bytes of fields.')
})

test('a name is counted in bytes, of fields and of files', () => {
  const tally = new FormTally(formLimits({ name: 4 }))
  tally.addField('üü')
  expect(() => tally.addField('üüx')).toThrow('The form has a name of more than 4 bytes.')
  expect(() => tally.addFile('üüx')).toThrow(ContentTooLarge)
})

test('a file is counted over all its pieces, each file anew, and not as a field (robustness.md M5)', () => {
  const tally = new FormTally(formLimits({ file: 4, fields: 2 }))
  tally.addFile('a')
  tally.addToFile(4)
  tally.addFile('b')
  tally.addToFile(3)
  expect(() => tally.addToFile(2)).toThrow('The form has a file of more than 4 bytes.')
})
