import { BadRequest, BadRequestKeyError } from '@stapel/core'
import { requireValue } from './require-value.ts'

/**
 * The first text of a name in a form, which the form must have: `form.get(name)` may be `null`, of which `String` makes a text, or a file. An
 * empty text is one.
 *
 * Throws `BadRequestKeyError` (400) where there is none, `BadRequest` where it is a file, a TypeError for what is no form.
 *
 * @example
 * ```ts
 * import { Request, requireText, Response } from '@stapel/wrappers'
 *
 * export const app = Request.application(async (request) => {
 *   const form = await request.formData()
 *   return new Response(`Hello ${requireText(form, 'name')}`)
 * })
 * ```
 */
export function requireText(form: FormData, name: string): string {
  const value = requireValue(form, name)
  if (typeof value === 'string') return value
  throw new BadRequest(`The value ${JSON.stringify(name)} of the form is a file; expected a text.`)
}

/**
 * The first file of a name in a form, which the form must have. A field for files in which a browser's user has chosen none is sent as a file
 * without name and content, which is none here.
 *
 * Throws `BadRequestKeyError` (400) where there is none, `BadRequest` where it is a text, a TypeError for what is no form.
 *
 * @example
 * ```ts
 * import { Request, requireFile, Response } from '@stapel/wrappers'
 *
 * export const app = Request.application(async (request) => {
 *   const file = requireFile(await request.formData(), 'picture')
 *   return new Response(`${file.size} bytes`)
 * })
 * ```
 */
export function requireFile(form: FormData, name: string): File {
  const value = requireValue(form, name)
  if (typeof value === 'string') {
    throw new BadRequest(`The value ${JSON.stringify(name)} of the form is a text; expected a file.`)
  }
  if (value.name === '' && value.size === 0) throw new BadRequestKeyError(name, { showKey: true })
  return value
}
