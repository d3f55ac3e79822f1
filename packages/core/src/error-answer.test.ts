import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorAnswer, errorForm } from './error-answer.ts'
import { problemDetails } from './problem-details.ts'

const text = 'text/plain; charset=utf-8'
const html = 'text/html; charset=utf-8'
const json = 'application/problem+json'

function typeFor(accept: string | undefined): string | undefined {
  return new Map(errorAnswer([], problemDetails(404, 'Nothing.'), accept).headers).get('Content-Type')
}

function bodyOf(accept: string, detail: string, members = {}, status = 404): string {
  return errorAnswer([], problemDetails(status, detail, members), accept).body
}

test.each([
  [undefined, 'text'],
  ['text/html,*/*;q=0.8', 'html'],
  ['application/json', 'problem'],
] as const)('the form for Accept: %s is %s', (accept, form) => {
  expect(errorForm(accept)).toBe(form)
})

describe('the form', () => {
  test.each([
    // curl, fetch
    [undefined, text],
    ['*/*', text],
    ['', text],
    ['text/plain', text],
    ['text/*', text],
    ['text/html, text/plain', text],
    ['text/html;q=0', text],
    ['image/avif, image/webp', text],
    ['application/json;q=0', text],
    ['application/json;q=0.1, text/plain;q=0.2', text],
    // Chromium
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', html],
    ['text/html', html],
    ['text/html, application/json;q=0.9', html],
    // axios
    ['application/json, text/plain, */*', json],
    ['application/json', json],
    ['application/problem+json', json],
    ['application/*', json],
    ['text/html, application/json', json],
    // no form is covered, but it is JSON that is asked for
    ['application/vnd.api+json', json],
    ['application/vnd.api+json, */*;q=0.1', json],
    ['application/ld+json, text/plain;q=0.5', text],
  ])('for Accept: %s is %s', (accept, type) => {
    expect(typeFor(accept)).toBe(type)
  })

  test('is one of three for any Accept', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect([text, html, json]).toContain(typeFor(accept))
      }),
    )
  })
})

describe('the headers', () => {
  test('of a page let it run nothing, and no cache takes one form for another', () => {
    expect(errorAnswer([['Allow', 'GET']], problemDetails(405, 'No.'), 'text/html').headers).toEqual([
      ['Allow', 'GET'],
      ['Content-Type', html],
      ['X-Content-Type-Options', 'nosniff'],
      ['Content-Security-Policy', "default-src 'none'"],
      ['Vary', 'Accept'],
    ])
  })

  test('keep a Vary that says as much', () => {
    const { headers } = errorAnswer([['vary', '*']], problemDetails(404, 'No.'), undefined)
    expect(headers.filter(([name]) => /vary/i.test(name))).toEqual([['vary', '*']])
  })
})

describe('the page', () => {
  test('shows what happened', () => {
    expect(bodyOf('text/html', 'Nothing here.')).toBe(
      '<!doctype html>\n<html lang="en">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>Nothing here.</p>\n</html>\n',
    )
  })

  // robustness.md E1
  test('escapes all that it shows', () => {
    const page = bodyOf('text/html', `<script>alert("&'")</script>`, { title: '<b>' })
    expect(page).toContain('<p>&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;</p>')
    expect(page).toContain('<title>404 &lt;b&gt;</title>\n<h1>&lt;b&gt;</h1>')
  })

  test('breaks lines where the description does', () => {
    expect(bodyOf('text/html', 'a\nb\r\nc\rd')).toContain('<p>a<br>\nb<br>\nc<br>\nd</p>')
  })

  test('holds no tag of a description, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (detail) => {
        const paragraph = /<p>(.*)<\/p>/s.exec(bodyOf('text/html', detail))?.[1] ?? '<'
        expect(paragraph.replaceAll('<br>', '')).not.toMatch(/[<>"']/)
      }),
    )
  })

  test('has the status for its heading where that has no name', () => {
    expect(bodyOf('text/html', 'No.', {}, 599)).toContain('<title>599</title>\n<h1>599</h1>')
  })
})

test('the text has the title in its first line', () => {
  expect(bodyOf('text/plain', 'No.', { title: 'Out of stock' }, 409)).toBe('409 Out of stock\nNo.\n')
  expect(bodyOf('text/plain', 'No.', {}, 599)).toBe('599\nNo.\n')
})

test('JSON is problem details', () => {
  expect(bodyOf('application/json', 'No.', { instance: '/orders/7', extensions: { left: 0 } }, 409)).toBe(
    '{"title":"Conflict","status":409,"detail":"No.","instance":"/orders/7","left":0}',
  )
})

test('JSON says again what a description said', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (detail) => {
      expect(JSON.parse(bodyOf('application/json', detail)).detail).toBe(detail)
    }),
  )
})
