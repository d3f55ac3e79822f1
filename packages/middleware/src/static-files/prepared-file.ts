import type { HeaderList } from '@stapel/core'
import type { OpenedState } from '@stapel/core/files'
import {
  type FileValidators,
  fileValidators,
  formatEntityTag,
  formatHttpDate,
  varyOn,
} from '@stapel/core/http'
import type { StaticFilesSettings } from './options.ts'
import type { Resource } from './source.ts'
import type { Variant } from './variants.ts'

/** All that answers say of a file besides its content, made once for as long as the file stays as it is. */
export interface PreparedFile {
  /** The path under which it is to be had, below the layer. */
  readonly pathInfo: string
  /** Its decoded path below its mount. */
  readonly filePath: string
  readonly status: 200 | 404
  /** For a request that carries `Authorization`, in place of the first header of the lists. */
  readonly authorizedCacheControl: string
  /** The file itself, then its neighbours in other codings. */
  readonly representations: readonly [Representation, ...Representation[]]
}

/** A file in one coding; the lists of headers begin with `Cache-Control`, and nobody may change them. */
export interface Representation extends FileValidators {
  /** As in `Content-Encoding`, or `'identity'`. */
  readonly coding: string
  readonly state: OpenedState
  /** In bytes. */
  readonly size: number
  readonly contentType: string
  /** The headers of a 304. */
  readonly notModified: HeaderList
  /** The headers of a 206, without those of its part: `Content-Type`, `Content-Length`, `Content-Range`. */
  readonly partial: HeaderList
  /** The headers of a 200. */
  readonly whole: HeaderList
}

/** Prepares a file that is to be had under a path, in the codings that there are, the file itself first. */
export function prepareFile(
  resource: Resource,
  pathInfo: string,
  variants: readonly [Variant, ...Variant[]],
  settings: Pick<StaticFilesSettings, 'contentTypeOf' | 'fileHeaders'>,
): PreparedFile {
  const { filePath, status = 200 } = resource
  const contentType = settings.contentTypeOf(resource.name)
  const { headers, notModifiedHeaders, cacheControl, authorizedCacheControl } = settings.fileHeaders(filePath)
  const prepare = ({ coding, opened }: Variant): Representation => {
    const { dev, ino, size, mtimeMs, ctimeMs } = opened.state
    const validators = validatorsOf(opened.state, coding)
    const common: HeaderList = [['Cache-Control', cacheControl]]
    if (status === 200) {
      common.push(
        ['Last-Modified', formatHttpDate(validators.lastModified)],
        ['ETag', formatEntityTag(validators.etag)],
      )
    }
    const encoding: HeaderList = coding === 'identity' ? [] : [['Content-Encoding', coding]]
    const ranges: HeaderList = status === 200 ? [['Accept-Ranges', 'bytes']] : []
    const partial = [...common, ...encoding, ...ranges, ...nosniff, ...headers]
    return {
      ...validators,
      coding,
      state: { dev, ino, size, mtimeMs, ctimeMs },
      size,
      contentType,
      notModified: varied([...common, ...notModifiedHeaders]),
      partial: varied(partial),
      whole: varied([...partial, ['Content-Type', contentType], ['Content-Length', String(size)]]),
    }
  }
  const varied = (list: HeaderList): HeaderList =>
    variants.length === 1 ? list : varyOn(list, 'Accept-Encoding')
  const [identity, ...neighbours] = variants
  return {
    // A copy: a slice of the request's target would keep all of that alive, its query included.
    pathInfo: Buffer.from(pathInfo).toString(),
    filePath,
    status,
    authorizedCacheControl,
    representations: [prepare(identity), ...neighbours.map(prepare)],
  }
}

/** Whether two states are of the same file, which nobody has changed in between. */
export function isSameState(a: OpenedState, b: OpenedState): boolean {
  return (
    a.ino === b.ino &&
    a.mtimeMs === b.mtimeMs &&
    a.ctimeMs === b.ctimeMs &&
    a.size === b.size &&
    a.dev === b.dev
  )
}

const nosniff: HeaderList = [['X-Content-Type-Options', 'nosniff']]

function validatorsOf(state: OpenedState, coding: string): FileValidators {
  const validators = fileValidators(state)
  if (coding === 'identity') return validators
  // Two codings of a file never have the same tag, whatever their sizes and times are (RFC 9110 section 8.8.3.3).
  const { value, weak } = validators.etag
  return { ...validators, etag: { value: `${value}-${coding}`, weak } }
}
