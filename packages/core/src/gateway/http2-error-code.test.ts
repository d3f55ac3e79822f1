import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import { http2ErrorCode } from './http2-error-code.ts'

test('the codes are those of Node', () => {
  expect(http2ErrorCode).toEqual({
    noError: constants.NGHTTP2_NO_ERROR,
    internalError: constants.NGHTTP2_INTERNAL_ERROR,
    cancel: constants.NGHTTP2_CANCEL,
  })
})
