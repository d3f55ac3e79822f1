import { BadRequest } from '@stapel/core'
import { expect, test } from 'vitest'
import { BusboyParts } from './busboy-parts.ts'
import type { PartHead } from './part-head.ts'

function headOf(...headers: [name: string, value: string][]): PartHead {
  return {
    name: 'a',
    filename: undefined,
    type: 'text/plain',
    isFile: false,
    headers: [['Content-Disposition', 'form-data; name="a"'], ...headers],
  }
}

const latin1 = headOf(['Content-Type', 'text/plain; charset=ISO-8859-1'])
const utf8 = headOf(['Content-Type', 'text/plain; charset=utf-8'])

test('answers within the call, field after field', () => {
  const parts = new BusboyParts('b')
  expect(parts.field(latin1, [Uint8Array.of(0xfc)])).toBe('ü')
  expect(parts.field(utf8, [Buffer.from('grü'), Buffer.from('n')])).toBe('grün')
  expect(parts.field(utf8, [])).toBe('')
  expect(parts.field(utf8, [Buffer.from('\r\n--')])).toBe('\r\n--')
  parts.close()
})

test('a file name that browsers do not send makes no file of a field (robustness.md F6)', () => {
  const head = {
    ...headOf(['X-Mark', '1']),
    headers: [['content-disposition', "form-data; name=a; filename*=utf-8''x"]],
  }
  expect(new BusboyParts('b').field(head as unknown as PartHead, [Buffer.from('text')])).toBe('text')
})

test('an unknown charset is answered 400', () => {
  const head = headOf(['Content-Type', 'text/plain; charset=__proto__'])
  expect(() => new BusboyParts('b').field(head, [Buffer.from('x')])).toThrow('unknown charset')
})

test('what busboy cannot read is answered 400, and closing it afterwards raises nothing (robustness.md F3)', async () => {
  const parts = new BusboyParts('b')
  expect(() => parts.field(headOf(['X', 'a\0b']), [])).toThrow(BadRequest)
  parts.close()
  await new Promise((resolve) => setImmediate(resolve))
})
