import { randomBytes } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { basename, extname } from 'node:path'
import { CommandError } from '../command/command-error.ts'
import type { CallSettings } from './call-settings.ts'

/** So many bytes are read from standard input for a body; it is kept in memory, since its length has to be declared. */
export const STDIN_LIMIT: number = 256 * 1024 * 1024

/** A body, and what its header fields say by themselves. */
export interface CallBody {
  readonly content: Blob
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Where `@-` reads from. */
export type Input = AsyncIterable<Uint8Array>

/** What `-d` and its kin, `--json` or `-F` say. */
export type BodySettings = Pick<
  CallSettings,
  'data' | 'dataRaw' | 'dataBinary' | 'dataUrlencode' | 'jsonData' | 'form'
>

/**
 * The body that `-d` and its kin, `--json` or `-F` give; `undefined` for none. Files are read when the body is. Throws a {@link CommandError} for a file
 * that is not there, and for bodies of two kinds.
 */
export async function callBody(settings: BodySettings, input: Input): Promise<CallBody | undefined> {
  const { jsonData, form } = settings
  const data = await dataParts(settings, input)
  if ([data, jsonData, form].filter(({ length }) => length > 0).length > 1)
    throw new CommandError('Got a body of two kinds; expected -d and its kin, --json or -F alone.', 2)
  if (data.length > 0) {
    return {
      content: new Blob(data.flatMap((part, index) => (index === 0 ? [part] : ['&', part]))),
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    }
  }
  if (jsonData.length > 0) {
    return {
      content: new Blob(await Promise.all(jsonData.map((one) => read(one, input)))),
      headers: [
        ['Content-Type', 'application/json'],
        ['Accept', 'application/json'],
      ],
    }
  }
  return form.length > 0 ? formBody(form, input) : undefined
}

function dataParts(
  { data, dataRaw, dataBinary, dataUrlencode }: BodySettings,
  input: Input,
): Promise<BlobPart[]> {
  return Promise.all([
    ...[...data, ...dataBinary].map((one) => read(one, input)),
    ...dataRaw,
    ...dataUrlencode.map((one) => encoded(one, input)),
  ])
}

/** `value`, `=value`, `name=value`, `@file` or `name@file`: the value alone is encoded, as a form is (WHATWG URL section 5.2). */
async function encoded(given: string, input: Input): Promise<string> {
  const mark = given.search(/[=@]/)
  const name = given.slice(0, Math.max(mark, 0))
  const value =
    given[mark] === '@'
      ? await new Blob([await read(given.slice(mark), input)]).text()
      : given.slice(mark + 1)
  const [, text = ''] = /^=(.*)$/s.exec(new URLSearchParams([['', value]]).toString()) ?? []
  return name === '' ? text : `${name}=${text}`
}

async function read(given: string, input: Input): Promise<BlobPart> {
  if (!given.startsWith('@')) return given
  const path = given.slice(1)
  return path === '-' ? readAll(input) : openFile(path)
}

async function openFile(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path)
  } catch (cause) {
    throw new CommandError(`The file ${path} cannot be read.`, 1, { cause })
  }
}

async function readAll(input: Input): Promise<Blob> {
  const chunks: BlobPart[] = []
  let size = 0
  for await (const chunk of input) {
    size += chunk.byteLength
    if (size > STDIN_LIMIT)
      throw new CommandError(
        `Got more than ${STDIN_LIMIT} bytes on standard input; send a file, as in -d @file.`,
        1,
      )
    chunks.push(chunk as Uint8Array<ArrayBuffer>)
  }
  return new Blob(chunks)
}

/** `multipart/form-data` (RFC 7578), with names written as browsers write them. */
async function formBody(form: readonly string[], input: Input): Promise<CallBody> {
  const boundary = `----stapel${randomBytes(12).toString('hex')}`
  const parts: BlobPart[] = []
  for (const one of form) {
    const equals = one.indexOf('=')
    const { content, fileName, type } = await formPart(one.slice(equals + 1), input)
    const file = fileName === undefined ? '' : `; filename="${quote(fileName)}"`
    const typed = type === undefined ? '' : `\r\nContent-Type: ${type}`
    parts.push(
      `--${boundary}\r\nContent-Disposition: form-data; name="${quote(one.slice(0, equals))}"${file}${typed}\r\n\r\n`,
      content,
      '\r\n',
    )
  }
  return {
    content: new Blob([...parts, `--${boundary}--\r\n`]),
    headers: [['Content-Type', `multipart/form-data; boundary=${boundary}`]],
  }
}

interface FormPart {
  readonly content: BlobPart
  readonly fileName?: string | undefined
  readonly type?: string | undefined
}

/** The value of a part; `type` and `filename` are taken from its end. */
async function formPart(given: string, input: Input): Promise<FormPart> {
  const type = /;\s*type=([^;\r\n]+)/.exec(given)?.[1]
  const named = /;\s*filename=([^;]+)/.exec(given)?.[1]
  const value = given.replace(/;\s*(?:type|filename)=[^;]*/g, '')
  if (!value.startsWith('@')) return { content: value, fileName: named, type }
  const path = value.slice(1)
  return {
    content: await read(value, input),
    fileName: named ?? (path === '-' ? '-' : basename(path)),
    type: type ?? typeByName(named ?? path),
  }
}

/** By the ending of the name, as curl has it. */
function typeByName(name: string): string {
  return types.get(extname(name).toLowerCase()) ?? 'application/octet-stream'
}

const types: ReadonlyMap<string, string> = new Map([
  ['.gif', 'image/gif'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain'],
  ['.htm', 'text/html'],
  ['.html', 'text/html'],
  ['.pdf', 'application/pdf'],
  ['.xml', 'application/xml'],
])

function quote(name: string): string {
  return name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22')
}
