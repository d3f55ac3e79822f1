import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { type AccessEntry, accessLog } from './access-log.ts'

test('lines go to a function or a stream', () => {
  expectTypeOf(accessLog(process.stdout)).toEqualTypeOf<Middleware>()
  accessLog((line) => {
    expectTypeOf(line).toEqualTypeOf<string>()
  })
  accessLog({ write: () => true })
  // @ts-expect-error: the target is what it cannot do without.
  accessLog()
  // @ts-expect-error: the name of a file is no stream.
  accessLog('access.log')
})

test('a format is a word, or a function of an entry', () => {
  accessLog(process.stdout, {
    format(entry) {
      expectTypeOf(entry).toEqualTypeOf<AccessEntry>()
      expectTypeOf(entry.outcome).toEqualTypeOf<'complete' | 'disconnected' | 'failed'>()
      expectTypeOf(entry.status).toEqualTypeOf<number | undefined>()
      expectTypeOf(entry.environ).toEqualTypeOf<Environ>()
      return entry.status === 200 ? undefined : entry.target
    },
    skip: ({ duration }) => duration < 1,
  })
  // @ts-expect-error: no such format.
  accessLog(process.stdout, { format: 'short' })
})

test('fields are parts of an entry, and headers', () => {
  accessLog(process.stdout, {
    format: 'json',
    fields: ['time', 'request.accept', 'answer.content-type'] as const,
  })
  // @ts-expect-error: no such field.
  accessLog(process.stdout, { format: 'json', fields: ['ip'] })
})
