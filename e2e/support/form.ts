/** A picture of one pixel. */
export const png: Buffer = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** The form of the guestbook, filled. */
export function filledForm(name: string, message: string, picture?: Uint8Array): FormData {
  const form = new FormData()
  form.set('name', name)
  form.set('message', message)
  if (picture !== undefined) form.set('picture', new Blob([new Uint8Array(picture)]), 'pixel.png')
  return form
}
