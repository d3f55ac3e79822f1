import type { HeaderList } from '@stapel/core'
import { escapeHtml, prefersHtml } from '@stapel/core/http'

/** The headers, a new list each time, and the body of the page in the form that the `Accept` header prefers. */
export type UnavailablePage = (accept: string | undefined) => { headers: HeaderList; body: string }

/** Makes both forms of the page, once. */
export function createUnavailablePage(texts: {
  contact: string | undefined
  message: string | undefined
}): UnavailablePage {
  const { contact, message = defaultMessage } = texts
  const html = htmlPage(message, contact)
  const plain = plainPage(message, contact)
  return (accept) => {
    const isHtml = prefersHtml(accept)
    const headers: HeaderList = [
      ['Content-Type', isHtml ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
    ]
    if (isHtml) headers.push(['Content-Security-Policy', contentSecurityPolicy])
    return { headers, body: isHtml ? html : plain }
  }
}

/** The style of the page; {@link contentSecurityPolicy} allows this text and no other. */
export const pageStyle: string =
  ':root{color-scheme:light dark}' +
  'body{margin:15vh auto;padding:0 1.5rem;max-width:36rem;font:1.125rem/1.5 system-ui,sans-serif}' +
  'h1{font-size:1.5rem}'

/** Nothing is loaded and no script runs on the page; the hash is the SHA-256 of {@link pageStyle}. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'sha256-jMt/AoToCe4TicYx9znz2+xv+XEwwFm7Taud9K7V//s='; base-uri 'none'; form-action 'none'"

/**
 * Where a contact leads: `mailto:` for an e-mail address, itself for an http(s) or mailto URL; `undefined` for any other text, which
 * also keeps `javascript:` out.
 */
export function contactLink(contact: string): string | undefined {
  const mail = /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([A-Za-z0-9.-]{1,253})$/.exec(contact)
  if (mail !== null) return `mailto:${encodeURIComponent(mail[1] as string)}@${mail[2]}`
  return /^(?:https?:\/\/|mailto:)/i.test(contact) && URL.canParse(contact)
    ? new URL(contact).href
    : undefined
}

const defaultMessage =
  'The server cannot answer this request at the moment. Please try again in a little while.'

function htmlPage(message: string, contact: string | undefined): string {
  return (
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    `<title>503 Service Unavailable</title>\n<style>${pageStyle}</style>\n` +
    `<h1>Service Unavailable</h1>\n<p>${escapeHtml(message)}</p>\n` +
    `${contact === undefined ? '' : `<p>If this keeps happening, please tell ${contactHtml(contact)}.</p>\n`}</html>\n`
  )
}

function contactHtml(contact: string): string {
  const link = contactLink(contact)
  const shown = escapeHtml(contact)
  return link === undefined ? shown : `<a href="${escapeHtml(link)}">${shown}</a>`
}

function plainPage(message: string, contact: string | undefined): string {
  const tell = contact === undefined ? '' : `If this keeps happening, please tell ${contact}.\n`
  return `503 Service Unavailable\n${message}\n${tell}`
}
