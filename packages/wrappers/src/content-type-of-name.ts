import { contentTypeOf } from './content-type.ts'

/**
 * The `Content-Type` of a file by the extension of its name, with a charset where it is text; `application/octet-stream` when it is not
 * known. The table is loaded at the first call.
 */
export async function contentTypeOfName(name: string): Promise<string> {
  const dot = name.lastIndexOf('.')
  if (dot === -1) return BINARY
  const { lookup } = await import('mime-types')
  const mimetype = lookup(name.slice(dot))
  return mimetype === false ? BINARY : contentTypeOf(mimetype)
}

const BINARY = 'application/octet-stream'
