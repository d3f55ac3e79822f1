import type { Request } from '@stapel/wrappers'
import { type FormErrors, MESSAGE_LIMIT, NAME_LIMIT } from './pages.ts'
import { PICTURE_LIMIT } from './pictures.ts'

/** What a visitor sent with the form, and what is wrong with it. */
export interface Submission {
  readonly name: string
  readonly message: string
  readonly picture: File | undefined
  readonly errors: FormErrors
}

/** Reads the form of a request. Rejects with the `HTTPError` that fits a form that is broken (400) or too large (413). */
export async function readSubmission(request: Request): Promise<Submission> {
  const form = await request.formData({
    file: PICTURE_LIMIT,
    total: PICTURE_LIMIT + 50_000,
    files: 1,
    parts: 10,
  })
  const name = textOf(form, 'name').replace(/\s+/g, ' ').trim()
  const message = textOf(form, 'message').replaceAll('\r\n', '\n').trim()
  const errors: { name?: string; message?: string } = {}
  if (name === '') errors.name = 'Please say who you are.'
  if (name.length > NAME_LIMIT) errors.name = `Please use at most ${NAME_LIMIT} characters.`
  if (message === '') errors.message = 'Please write something.'
  if (message.length > MESSAGE_LIMIT) errors.message = `Please use at most ${MESSAGE_LIMIT} characters.`
  return { name, message, picture: pictureOf(form), errors }
}

/** A field that should be a text may be missing, or be a file: anyone can send anything. */
function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** Where no file was chosen, a browser sends an empty one. */
function pictureOf(form: FormData): File | undefined {
  const value = form.get('picture')
  return typeof value === 'object' && value !== null && value.size > 0 ? value : undefined
}
