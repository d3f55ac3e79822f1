import { collect } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HELD_LIMIT, insertIntoBody, insertIntoText, META_LIMIT } from './insert-script.ts'
import { scriptHash } from './live-script.ts'

const mark = '<script>!</script>'
const page = (body: string): string => `<!doctype html><html><head></head><body>${body}</body></html>`
const insert = (html: string): string => insertIntoText(html, mark)

describe('the script stands', () => {
  test('before the end of the body', () => {
    expect(insert(page('<p>Hello'))).toBe(page(`<p>Hello${mark}`))
    expect(insert('<BODY>Hello</BODY >')).toBe(`<BODY>Hello${mark}</BODY >`)
  })

  test('at the end of a page that leaves that out', () => {
    expect(insert('\n<!DOCTYPE html><title>A</title><p>Hello')).toBe(
      `\n<!DOCTYPE html><title>A</title><p>Hello${mark}`,
    )
    expect(insert('<html><p>Hello</html>')).toBe(`<html><p>Hello</html>${mark}`)
  })

  test.each([
    ['a script', '<script>const text = "</body>"</script>'],
    ['a style', '<style>/* </body> */</style>'],
    ['a text area', '<textarea></body></textarea>'],
    ['a title', '<title></body></title>'],
    ['a comment', '<!-- </body> -->'],
    ['an attribute', '<p title="</body>">'],
    ['an attribute in single quotes', "<p title='</body>'>"],
    ['the name of another element', '</bodywork>'],
  ])('not in %s that has the same text', (_what, text) => {
    expect(insert(page(`${text}<p>Hello`))).toBe(page(`${text}<p>Hello${mark}`))
  })
})

test.each([
  '',
  'Hello',
  '<p>Hello</p>',
  '<li>One<li>Two',
  '<script>"</body>"</script>',
  '<!-- a --><p>Hello',
  '{"text":"</bodywork>"}',
])('the fragment %j stays as it is', (html) => {
  expect(insert(html)).toBe(html)
})

describe('a policy in a <meta> element', () => {
  const meta = (content: string): string => `<meta http-equiv="Content-Security-Policy" content="${content}">`
  const allowed = meta(`default-src 'self'; script-src 'self' ${scriptHash}; connect-src 'self'`)

  test('gets what the script needs', () => {
    expect(insert(page(meta("default-src 'self'")))).toBe(page(allowed + mark))
  })

  test('stays as it is in what is no page, in a script and in a comment', () => {
    const given = meta("default-src 'self'")
    expect(insert(given)).toBe(given)
    expect(insert(page(`<script>'${given}'</script><!--${given}-->`))).toBe(
      page(`<script>'${given}'</script><!--${given}-->${mark}`),
    )
  })

  test('stays as it is where it is longer than is held back', () => {
    const long = meta(`img-src ${'a'.repeat(META_LIMIT)}`)
    expect(insert(page(long))).toBe(page(long + mark))
  })

  test('is changed in chunks of any size', async () => {
    const bytes = new TextEncoder().encode(page(meta("default-src 'self'")))
    for (const size of [1, 7, 50]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      const whole = await collect(insertIntoBody(chunks, mark))
      expect(new TextDecoder().decode(whole)).toBe(page(allowed + mark))
    }
  })
})

describe('in chunks', () => {
  const texts = fc.array(
    fc.constantFrom(
      '<',
      '/',
      'body',
      '>',
      '</body>',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '"',
      "'",
      'ä',
      ' ',
      '<p a="',
      '<meta ',
      'http-equiv=content-security-policy content="',
    ),
    { maxLength: 40 },
  )

  test('of any size the page is the same as in one', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(9), { minLength: 1 }), async (parts, sizes) => {
        const html = `<!doctype html>${parts.join('')}`
        const bytes = new TextEncoder().encode(html)
        const chunks: Uint8Array[] = []
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = (sizes[i % sizes.length] as number) + 1
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        const whole = await collect(insertIntoBody(chunks, mark))
        expect(new TextDecoder().decode(whole)).toBe(insert(html))
      }),
    )
  })

  test('the script is there once, and but for policies nothing else changes', () => {
    fc.assert(
      fc.property(texts, (parts) => {
        fc.pre(!parts.includes('<meta '))
        const html = `<html>${parts.join('')}`
        expect(insert(html).split(mark).join('')).toBe(html.split(mark).join(''))
        expect(insert(html).length).toBe(html.length + mark.length)
      }),
    )
  })

  test('no more is held back than may begin a tag', async () => {
    const html = page('<p>Hello, this is a page</p>'.repeat(20))
    let given = 0
    let taken = 0
    function* bytes(): Generator<string> {
      for (const character of html) {
        given++
        yield character
      }
    }
    for await (const chunk of insertIntoBody(bytes(), mark) as AsyncIterable<Uint8Array>) {
      taken += chunk.length
      expect(given - taken).toBeLessThanOrEqual(HELD_LIMIT)
    }
    expect(taken).toBe(html.length + mark.length)
  })

  test('the body is closed once, by whoever leaves it', async () => {
    let closed = 0
    let returned = 0
    const source = (async function* () {
      try {
        yield '<html>'
        yield 'more'
      } finally {
        returned++
      }
    })()
    const body = Object.assign(source, { close: () => void closed++ })
    const inserted = insertIntoBody(body, mark) as AsyncIterable<Uint8Array> & { close(): void }
    for await (const _chunk of inserted) break
    inserted.close()
    await expect.poll(() => returned).toBe(1)
    expect(closed).toBe(1)
  })
})
