import { describe, expect, test } from 'vitest'
import { parseFetchMetadata } from './fetch-metadata.ts'

describe('parseFetchMetadata', () => {
  test('reads what a browser sends for a page that is typed in', () => {
    expect(
      parseFetchMetadata({
        HTTP_SEC_FETCH_SITE: 'none',
        HTTP_SEC_FETCH_MODE: 'navigate',
        HTTP_SEC_FETCH_DEST: 'document',
        HTTP_SEC_FETCH_USER: '?1',
      }),
    ).toEqual({ site: 'none', mode: 'navigate', dest: 'document', user: true })
  })

  test('reads what a browser sends for a script of another site', () => {
    expect(
      parseFetchMetadata({
        HTTP_SEC_FETCH_SITE: 'cross-site',
        HTTP_SEC_FETCH_MODE: 'cors',
        HTTP_SEC_FETCH_DEST: 'empty',
      }),
    ).toEqual({ site: 'cross-site', mode: 'cors', dest: 'empty', user: false })
  })

  test('gives nothing where nothing was sent', () => {
    expect(parseFetchMetadata({})).toEqual({ site: undefined, mode: undefined, dest: undefined, user: false })
  })

  test.each([
    '',
    'Same-Origin',
    'same-origin ',
    'same-origin, cross-site',
    '"same-origin"',
    '__proto__',
    'toString',
  ])('does not know %j', (value) => {
    expect(
      parseFetchMetadata({
        HTTP_SEC_FETCH_SITE: value,
        HTTP_SEC_FETCH_MODE: value,
        HTTP_SEC_FETCH_DEST: value,
        HTTP_SEC_FETCH_USER: value,
      }),
    ).toEqual({ site: undefined, mode: undefined, dest: undefined, user: false })
  })

  test('does not take ?0 for a visitor', () => {
    expect(parseFetchMetadata({ HTTP_SEC_FETCH_USER: '?0' }).user).toBe(false)
  })
})
