import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  contactLink,
  contentSecurityPolicy,
  type ErrorPage,
  htmlPage,
  pageStyle,
  problemPage,
  textPage,
} from './error-page.ts'

const plain: ErrorPage = {
  status: 503,
  title: 'Service Unavailable',
  message: 'Please try again.',
  contact: undefined,
  requestId: undefined,
  details: undefined,
}
const full: ErrorPage = {
  ...plain,
  contact: 'a@example.org',
  requestId: '7f3a',
  details: 'Error: away\n  at x',
}

describe('contactLink', () => {
  test.each([
    ['webmaster@example.org', 'mailto:webmaster@example.org'],
    ['a+b@example.org', 'mailto:a%2Bb@example.org'],
    ['a?subject=x@example.org', 'mailto:a%3Fsubject%3Dx@example.org'],
    ['https://status.example.org/', 'https://status.example.org/'],
    ['http://example.org/a b', 'http://example.org/a%20b'],
    ['mailto:a@example.org', 'mailto:a@example.org'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,a', undefined],
    ['https://', undefined],
    ['the desk, room 12', undefined],
    ['a@b@c', undefined],
  ])('of %j is %j', (contact, link) => {
    expect(contactLink(contact)).toBe(link)
  })
})

describe('the HTML', () => {
  test('shows an e-mail address as a link', () => {
    expect(htmlPage(full)).toContain('<a href="mailto:a@example.org">a@example.org</a>')
  })

  test('shows any other text as text', () => {
    expect(htmlPage({ ...plain, contact: 'room 12' })).toContain('please tell room 12.</p>')
  })

  test('says nothing of what there is not', () => {
    expect(htmlPage(plain)).toMatch(/<h1>Service Unavailable<\/h1>\n<p>Please try again\.<\/p>\n<\/html>\n$/)
  })

  test('has the identifier of the request and the details where they are there', () => {
    expect(htmlPage(full)).toContain('<p>Request: <code>7f3a</code></p>\n<pre>Error: away\n  at x</pre>')
  })

  test('has the status for its heading where that has no name', () => {
    expect(htmlPage({ ...plain, status: 599, title: '' })).toContain('<title>599</title>')
    expect(htmlPage({ ...plain, status: 599, title: '' })).toContain('<h1>599</h1>')
  })

  test('escapes every text', () => {
    const tags = (page: string): number => page.split('<').length
    fc.assert(
      fc.property(fc.string(), (text) => {
        const page = htmlPage({ ...full, title: 'x', message: text, contact: `see ${text}`, details: text })
        expect(tags(page)).toBe(tags(htmlPage({ ...full, title: 'x', contact: 'see' })))
      }),
    )
  })

  test.each(['<script>alert(1)</script>', '"><img src=x>', "https://example.org/'><b>"])(
    'escapes %s',
    (text) => {
      const page = htmlPage({ ...full, title: text, message: text, contact: text, requestId: text })
      expect(page).not.toContain('<script')
      expect(page).not.toContain('<img')
      expect(page).not.toContain('<b>')
    },
  )

  test('has a style that its Content-Security-Policy allows', () => {
    const hash = createHash('sha256').update(pageStyle).digest('base64')
    expect(contentSecurityPolicy).toContain(`style-src 'sha256-${hash}'`)
    expect(htmlPage(plain)).toContain(`<style>${pageStyle}</style>`)
  })
})

test('the text has a line for each thing that is known', () => {
  expect(textPage(plain)).toBe('503 Service Unavailable\nPlease try again.\n')
  expect(textPage(full)).toBe(
    '503 Service Unavailable\nPlease try again.\nIf this keeps happening, please tell a@example.org.\nRequest: 7f3a\n\nError: away\n  at x\n',
  )
})

describe('the problem details', () => {
  test('have extensions for what is known', () => {
    expect(JSON.parse(problemPage(plain, undefined))).toEqual({
      title: 'Service Unavailable',
      status: 503,
      detail: 'Please try again.',
    })
    expect(JSON.parse(problemPage(full, undefined))).toMatchObject({
      contact: 'a@example.org',
      request_id: '7f3a',
      error: 'Error: away\n  at x',
    })
  })

  test('keep what an error says of its kind', () => {
    const members = { type: 'https://example.org/stock', extensions: { left: 0 } }
    expect(JSON.parse(problemPage(full, members))).toMatchObject({
      type: 'https://example.org/stock',
      left: 0,
      contact: 'a@example.org',
    })
  })
})
