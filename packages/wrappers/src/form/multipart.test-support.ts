/** A part of a multipart body as a client writes it. */
export interface TestPart {
  /** The lines of its headers; without them those of a field `name`. */
  readonly headers?: readonly string[]
  readonly name?: string
  readonly filename?: string
  readonly type?: string
  readonly content: string | Uint8Array
}

/** The boundary of {@link multipart}. */
export const boundary = 'stapel-boundary'

/** The bytes of a multipart body, in which everything can be wrong. */
export function multipart(parts: readonly TestPart[], end = `--${boundary}--\r\n`): Uint8Array {
  const pieces: (string | Uint8Array)[] = []
  for (const part of parts) {
    pieces.push(`--${boundary}\r\n${headersOf(part).join('\r\n')}\r\n\r\n`, part.content, '\r\n')
  }
  pieces.push(end)
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as Uint8Array)))
}

/** Pieces of `size` bytes. */
export function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return pieces
}

/** What an async iterable of bytes is made of. */
export async function* inputOf(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces
}

/** A form as plain data: names with strings, or with what there is to know of a file. */
export async function entriesOf(form: FormData): Promise<unknown[]> {
  const entries: unknown[] = []
  for (const [name, value] of form) {
    entries.push(
      typeof value === 'string' ? [name, value] : [name, value.name, value.type, await value.text()],
    )
  }
  return entries
}

function headersOf(part: TestPart): readonly string[] {
  if (part.headers !== undefined) return part.headers
  const filename = part.filename === undefined ? '' : `; filename="${part.filename}"`
  const disposition = `Content-Disposition: form-data; name="${part.name ?? 'name'}"${filename}`
  return part.type === undefined ? [disposition] : [disposition, `Content-Type: ${part.type}`]
}
