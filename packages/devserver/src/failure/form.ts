import { bestMatch, parseAccept, prefersHtml } from '@stapel/core/http'

/** The form in which a client gets what the development server shows: a page where it prefers one, JSON where it takes that, else text. */
export function formFor(accept: string | undefined): 'html' | 'json' | 'text' {
  if (accept === undefined) return 'text'
  if (prefersHtml(accept)) return 'html'
  return bestMatch(parseAccept(accept), offers)?.endsWith('json') === true ? 'json' : 'text'
}

const offers = ['text/plain', 'text/html', 'application/problem+json', 'application/json']
