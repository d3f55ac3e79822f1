import { errorForm } from '@stapel/core/node'

/** The form in which a client gets what the development server shows: a page where it prefers one, JSON where it names that, else text. */
export function formFor(accept: string | undefined): 'html' | 'json' | 'text' {
  const form = errorForm(accept)
  return form === 'problem' ? 'json' : form
}
