/**
 * The pictures that visitors upload.
 *
 * The threat: an upload is whatever a stranger sends, under the name and type they choose: a page with a script that calls itself
 * `cat.png`, a path for a name, a file that fills the disk. Here its first bytes must be those of a picture, its name is made by us, and
 * the form that brings it has a limit ({@link PICTURE_LIMIT}). What it does not stop: a file that begins as a picture and is not one; it
 * is served under a picture's type with `nosniff`, so that no browser runs it.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The most bytes of one picture. */
export const PICTURE_LIMIT = 2_000_000

/** A folder of pictures, which is made when it is missing. They are stored as they come; the browser scales the thumbnails. */
export class Pictures {
  readonly folder: string

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.folder = folder
  }

  /** Stores an upload under a random name and gives that name; `undefined` when it is no PNG, JPEG, GIF or WebP. */
  async save(file: File): Promise<string | undefined> {
    const extension = extensionOf(new Uint8Array(await file.slice(0, 12).arrayBuffer()))
    if (extension === undefined) return undefined
    const name = `${randomUUID()}.${extension}`
    try {
      await writeFile(join(this.folder, name), file.stream(), { flag: 'wx' })
    } catch (error) {
      await this.remove(name)
      throw error
    }
    return name
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true })
  }
}

/** The extension for the kind of picture that begins with these bytes; `undefined` for all else. */
export function extensionOf(head: Uint8Array): string | undefined {
  const text = Buffer.from(head).toString('latin1')
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('\xff\xd8\xff')) return 'jpg'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif'
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp'
  return undefined
}
