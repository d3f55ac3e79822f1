import type { HeaderList } from '@stapel/core'
import { parseContentLength, varyOn } from '@stapel/core/http'

/** What compression has to know of an answer's headers. */
export interface CompressHead {
  /** The media type in lower case and without parameters; `undefined` when there is none. */
  readonly type: string | undefined
  /** `Content-Length`; -1 without one. */
  readonly length: number
  /** Whether the bytes may not be changed for any client: they are encoded, digested, or `no-transform`. */
  readonly fixed: boolean
  /** Whether the body is a range of a larger one. */
  readonly ranged: boolean
}

/** Reads the headers once. */
export function readHead(headers: HeaderList): CompressHead {
  let type: string | undefined
  let length = -1
  let fixed = false
  let ranged = false
  for (const header of headers) {
    const name = header?.[0]
    const value = header?.[1]
    // A malformed list is for startResponse to refuse.
    if (typeof name !== 'string' || typeof value !== 'string') continue
    switch (partOf(name)) {
      case 'type':
        type = essence(value)
        break
      case 'length':
        length = parseContentLength(value) ?? length
        break
      case 'cache-control':
        if (/(?:^|[\s,])no-transform(?:$|[\s,])/i.test(value)) fixed = true
        break
      case 'range':
        ranged = true
        break
      case 'bytes':
        fixed = true
        break
    }
  }
  return { type, length, fixed, ranged }
}

/**
 * The headers of the compressed answer: with `Content-Encoding` and `Vary`, without `Content-Length` and `Accept-Ranges`, and with a weak `ETag`,
 * since its bytes are no longer those that the strong one promised (RFC 9110 section 8.8.1).
 */
export function encodedHeaders(headers: HeaderList, coding: string): HeaderList {
  const encoded: HeaderList = []
  let varies = false
  for (const header of headers) {
    const part = partOf(header[0])
    if (part === 'length' || part === 'accept-ranges') continue
    if (part === 'vary') varies = true
    const isStrong = part === 'etag' && header[1].startsWith('"')
    encoded.push(isStrong ? [header[0], `W/${header[1]}`] : header)
  }
  encoded.push(['Content-Encoding', coding])
  if (varies) return varyOn(encoded, 'Accept-Encoding')
  encoded.push(['Vary', 'Accept-Encoding'])
  return encoded
}

/**
 * Whether content of a type is worth compressing: what the MIME database (mime-db) calls compressible but `application/octet-stream`, which as often as not is
 * an archive, and what it does not decide but is text: every `text/*`, `+json`, `+xml`, `+yaml` and `+text`, JSON, SQL, YAML. Gets the type
 * in lower case and without parameters.
 */
export function isCompressibleType(type: string): boolean {
  return type.startsWith('text/') || suffix.test(type) || others.has(type)
}

const suffix = /\+(?:json|xml|text|yaml)$/

// The database itself takes 13 ms to load; a test compares the two.
const others: ReadonlySet<string> = new Set([
  'application/dart',
  'application/ecmascript',
  'application/graphql',
  'application/javascript',
  'application/json',
  'application/json5',
  'application/jsonl',
  'application/postscript',
  'application/rtf',
  'application/sql',
  'application/tar',
  'application/toml',
  'application/vnd.dart',
  'application/vnd.ms-fontobject',
  'application/vnd.ms-opentype',
  'application/wasm',
  'application/x-httpd-php',
  'application/x-javascript',
  'application/x-ndjson',
  'application/x-ns-proxy-autoconfig',
  'application/x-sh',
  'application/x-tar',
  'application/x-virtualbox-hdd',
  'application/x-virtualbox-ova',
  'application/x-virtualbox-ovf',
  'application/x-virtualbox-vbox',
  'application/x-virtualbox-vdi',
  'application/x-virtualbox-vhd',
  'application/x-virtualbox-vmdk',
  'application/x-www-form-urlencoded',
  'application/xml',
  'application/xml-dtd',
  'application/yaml',
  'font/collection',
  'font/otf',
  'font/ttf',
  'image/bmp',
  'image/vnd.adobe.photoshop',
  'image/vnd.microsoft.icon',
  'image/vnd.ms-dds',
  'image/x-icon',
  'image/x-ms-bmp',
  'message/rfc822',
  'model/gltf-binary',
  'x-shader/x-fragment',
  'x-shader/x-vertex',
])

/** How many content types and header names are remembered; an application has a handful. */
const TYPE_LIMIT = 256

/** A function of a text that remembers what it gave for the first {@link TYPE_LIMIT} different ones. */
export function remembering<T>(decide: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    let answer = known.get(text)
    if (answer !== undefined) return answer
    answer = decide(text)
    if (known.size < TYPE_LIMIT && text.length <= 128) known.set(text, answer)
    return answer
  }
}

const essence = remembering((value) => {
  const semicolon = value.indexOf(';')
  return (semicolon === -1 ? value : value.slice(0, semicolon)).trim().toLowerCase()
})

/** What a header says to compression. */
type Part = 'type' | 'length' | 'cache-control' | 'range' | 'bytes' | 'vary' | 'etag' | 'accept-ranges'

const parts: ReadonlyMap<string, Part> = new Map([
  ['content-type', 'type'],
  ['content-length', 'length'],
  ['cache-control', 'cache-control'],
  ['content-range', 'range'],
  ['content-encoding', 'bytes'],
  ['content-digest', 'bytes'],
  ['repr-digest', 'bytes'],
  ['digest', 'bytes'],
  ['content-md5', 'bytes'],
  ['vary', 'vary'],
  ['etag', 'etag'],
  ['accept-ranges', 'accept-ranges'],
])

/** By its name as it was written; lower case would be made anew for each header. */
const partOf = remembering((name): Part | 'other' => parts.get(name.toLowerCase()) ?? 'other')
