import { extname } from 'node:path'
import { isFieldValue, isJsonType, isXmlType, parseMediaType } from '@stapel/core/http'
import { contentType } from 'mime-types'
import { show } from '../check-options.ts'

/** Media types by extension, as in `{ '.glb': 'model/gltf-binary' }`, or by the whole name of a file. */
export type FileTypes = Readonly<Record<string, string>>

/**
 * The `Content-Type` of a file by its extension; `application/octet-stream` when it is unknown. What is text, JavaScript, JSON or XML is
 * UTF-8. An ending that tells of compression is a type of its own (`application/gzip`), so that what is saved under its name is what was sent.
 */
export function contentTypeOf(fileName: string): string {
  const extension = extname(fileName).toLowerCase()
  if (extension === '') return unknown
  const type = compressed.get(extension) || contentType(extension) || unknown
  if (type.includes(';')) return type
  return isJsonType(type) || isXmlType(type) ? `${type}; charset=utf-8` : type
}

/**
 * {@link contentTypeOf} with types of one's own before it, each sent as it stands. Names and extensions are compared without regard to case.
 * Throws a TypeError for what is no extension or name, or no media type.
 */
export function createContentTypes(types: FileTypes): (fileName: string) => string {
  const own = new Map(Object.entries(types).map(readType))
  if (own.size === 0) return contentTypeOf
  return (fileName) => {
    const name = fileName.toLowerCase()
    return own.get(name) ?? own.get(extname(name)) ?? contentTypeOf(name)
  }
}

const unknown = 'application/octet-stream'

// The database knows .svgz as an image, which it is only with the Content-Encoding that nothing here makes of a name; the others not at all.
const compressed: ReadonlyMap<string, string> = new Map([
  ['.tgz', 'application/gzip'],
  ['.svgz', 'application/gzip'],
  ['.zst', 'application/zstd'],
])

function readType([key, type]: readonly [string, unknown]): readonly [string, string] {
  if (key === '' || key === '.' || /[/\\\0]/.test(key)) {
    throw new TypeError(
      `staticFiles: got ${show(key)} as a key of types; expected an extension such as '.glb', or the name of a file.`,
    )
  }
  if (typeof type !== 'string' || !isFieldValue(type) || parseMediaType(type) === undefined) {
    throw new TypeError(
      `staticFiles: got ${show(type)} for the type of ${key}; expected a media type such as 'model/gltf-binary'.`,
    )
  }
  return [key.toLowerCase(), type]
}
