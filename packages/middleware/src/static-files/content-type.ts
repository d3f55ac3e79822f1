import { extname } from 'node:path'
import { contentType } from 'mime-types'

/** The `Content-Type` of a file by its extension, with the charset of what is text; `application/octet-stream` when it is unknown. */
export function contentTypeOf(fileName: string): string {
  const extension = extname(fileName)
  return (extension !== '' && contentType(extension)) || 'application/octet-stream'
}
