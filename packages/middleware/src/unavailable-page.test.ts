import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { contactLink, contentSecurityPolicy, createUnavailablePage, pageStyle } from './unavailable-page.ts'

function html(contact: string | undefined, message?: string): string {
  return createUnavailablePage({ contact, message })('text/html').body
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

describe('the page', () => {
  test('shows an e-mail address as a link', () => {
    expect(html('a@example.org')).toContain('<a href="mailto:a@example.org">a@example.org</a>')
  })

  test('shows any other text as text', () => {
    expect(html('room 12')).toContain('please tell room 12.</p>')
  })

  test('says nothing of a contact when there is none', () => {
    expect(html(undefined)).not.toContain('please tell')
  })

  test.each(['<script>alert(1)</script>', '"><img src=x>', "https://example.org/'><b>"])(
    'escapes %s',
    (text) => {
      const page = html(text, text)
      expect(page).not.toContain('<script')
      expect(page).not.toContain('<img')
      expect(page).not.toContain('<b>')
    },
  )

  test('has a style that its Content-Security-Policy allows', () => {
    const hash = createHash('sha256').update(pageStyle).digest('base64')
    expect(contentSecurityPolicy).toContain(`style-src 'sha256-${hash}'`)
    expect(html(undefined)).toContain(`<style>${pageStyle}</style>`)
  })

  test('has a header list of its own each time', () => {
    const page = createUnavailablePage({ contact: undefined, message: undefined })
    page(undefined).headers.push(['X-Changed', 'yes'])
    expect(page(undefined).headers.some(([name]) => name === 'X-Changed')).toBe(false)
  })
})
