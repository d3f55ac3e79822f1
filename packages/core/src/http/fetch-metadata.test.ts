import fc from 'fast-check'
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

  test.each(['same-origin', 'same-site', 'cross-site', 'none'])('knows the site %s', (site) => {
    expect(parseFetchMetadata({ HTTP_SEC_FETCH_SITE: site }).site).toBe(site)
  })

  test.each(['navigate', 'cors', 'no-cors', 'same-origin', 'websocket'])('knows the mode %s', (mode) => {
    expect(parseFetchMetadata({ HTTP_SEC_FETCH_MODE: mode }).mode).toBe(mode)
  })

  // Fetch standard, section 2.2.7: the destinations that a request of a page can have, `empty` for none.
  test.each([
    ['document', 'iframe', 'frame', 'fencedframe', 'embed', 'object'],
    ['empty', 'script', 'style', 'xslt', 'json', 'text', 'manifest', 'report', 'webidentity'],
    ['image', 'font', 'audio', 'video', 'track'],
    ['worker', 'sharedworker', 'serviceworker', 'audioworklet', 'paintworklet'],
  ])('knows the destination %s and its kin', (...destinations) => {
    const known = destinations.map((dest) => parseFetchMetadata({ HTTP_SEC_FETCH_DEST: dest }).dest)
    expect(known).toEqual(destinations)
  })

  test('does not take the value of one field for another', () => {
    expect(
      parseFetchMetadata({
        HTTP_SEC_FETCH_SITE: 'navigate',
        HTTP_SEC_FETCH_MODE: 'document',
        HTTP_SEC_FETCH_DEST: 'none',
        HTTP_SEC_FETCH_USER: 'true',
      }),
    ).toEqual({ site: undefined, mode: undefined, dest: undefined, user: false })
  })

  test('gives of any text what was sent, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { site, mode, dest } = parseFetchMetadata({
          HTTP_SEC_FETCH_SITE: text,
          HTTP_SEC_FETCH_MODE: text,
          HTTP_SEC_FETCH_DEST: text,
        })
        for (const value of [site, mode, dest]) expect([undefined, text]).toContain(value)
      }),
    )
  })
})
