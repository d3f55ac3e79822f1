import { expect, test } from 'vitest'
import { type Failure, plainFailure } from '../failure/failure.ts'
import { isHeld, needsTsx } from './start-failures.ts'

const failed = (code?: string): Failure => ({ ...plainFailure('error', 'It failed.'), code })

test('what the process before may hold is told by the code', () => {
  expect(['EADDRINUSE', 'SQLITE_BUSY', 'ENOENT', undefined].map((code) => isHeld(failed(code)))).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('TypeScript that Node cannot load is told by the code', () => {
  const codes = ['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'ERR_MODULE_NOT_FOUND']
  expect(codes.map((code) => needsTsx(failed(code)))).toEqual([true, true, false])
})
