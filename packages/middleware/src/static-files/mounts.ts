import { realpathSync, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { normalizePath } from '@stapel/core/http'
import { show } from '../check-options.ts'
import { ignoresCase } from './letter-case.ts'
import type { NameRules } from './open-named.ts'
import { PlacesSource } from './places-source.ts'
import { DirectorySource, FileSource, type Source } from './source.ts'
import { TryFilesSource } from './try-files.ts'

/** Where files come from: a directory or a single file, by its path, relative to the current directory, or by a `file:` URL. */
export type StaticPlace = string | URL

/** Paths, and the place that each stands for, or several: what the first of them does not have comes from the next. */
export type StaticMounts = Readonly<Record<string, StaticPlace | readonly StaticPlace[]>>

/** A prefix of paths, and where its files come from. */
export interface Mount {
  /** In normal form: `''`, or beginning with `/` and not ending in it. */
  readonly prefix: string
  readonly source: Source
  /** The directories among its places, in their order. */
  readonly directories: readonly Directory[]
}

/** A directory whose files are served. */
export interface Directory {
  /** Its real path. */
  readonly root: string
  readonly rules: NameRules
}

/** Which files of a directory stand for it, and which are served at all. */
export interface MountOptions extends Pick<NameRules, 'dotfiles' | 'symlinks'> {
  readonly index: string | false
  /** Whether a name must be spelled as it stands in its directory. */
  readonly exactCase: boolean
  /** The endings that may be left out. */
  readonly tryFiles: readonly string[]
}

/**
 * Reads the mounts as the application gives them; the longest prefix comes first. Throws a TypeError for a prefix that is no path, for two
 * that are the same, and for a place where there is neither a file nor a directory.
 */
export function createMounts(mounts: StaticMounts, options: MountOptions): readonly Mount[] {
  if (typeof mounts !== 'object' || mounts === null || Array.isArray(mounts)) {
    throw new TypeError(
      `staticFiles: got ${show(mounts)} for the mounts; expected an object such as { '/static': 'public' }.`,
    )
  }
  const table: Mount[] = []
  const prefixes = new Set<string>()
  for (const [key, given] of Object.entries(mounts)) {
    const prefix = parsePrefix(key)
    if (prefixes.has(prefix)) {
      throw new TypeError(
        `staticFiles: got the mount ${JSON.stringify(key)} twice: two keys are the path ${JSON.stringify(prefix)}; make a list of their places.`,
      )
    }
    prefixes.add(prefix)
    const places: readonly StaticPlace[] = Array.isArray(given) ? given : [given]
    if (places.length === 0) {
      throw new TypeError(
        `staticFiles: got an empty list for the mount ${JSON.stringify(key)}; expected at least one place.`,
      )
    }
    table.push(createMount(key, places, prefix, options))
  }
  if (table.length === 0)
    throw new TypeError("staticFiles: got no mounts; expected at least one, such as { '/static': 'public' }.")
  return table.sort((a, b) => b.prefix.length - a.prefix.length)
}

/** What of a path lies below a prefix, in whole segments: `''`, or beginning with `/`; `undefined` when it lies elsewhere. */
export function pathBelow(prefix: string, path: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined
  return path.length === prefix.length || path.charCodeAt(prefix.length) === SLASH
    ? path.slice(prefix.length)
    : undefined
}

const SLASH = 47

function parsePrefix(key: string): string {
  const normal = normalizePath(key)
  if (normal === undefined || (key !== '' && !key.startsWith('/')) || /[?#]/.test(key)) {
    throw new TypeError(
      `staticFiles: got the mount ${JSON.stringify(key)}; expected a path that begins with '/', such as '/static'.`,
    )
  }
  return normal.endsWith('/') ? normal.slice(0, -1) : normal
}

function createMount(
  key: string,
  places: readonly StaticPlace[],
  prefix: string,
  options: MountOptions,
): Mount {
  const directories: Directory[] = []
  const sources = places.map((place) => {
    const path = toPath(key, place)
    const stats = statOf(key, path)
    if (stats.isFile()) return new FileSource(path, prefix === '' ? ['', '/'] : [''])
    if (!stats.isDirectory()) {
      throw new TypeError(
        `staticFiles: got ${path} for the mount ${JSON.stringify(key)}; expected a directory or a file.`,
      )
    }
    const directory = createDirectory(path, options)
    directories.push(directory)
    return new DirectorySource(directory.root, options.index, directory.rules)
  })
  const source = sources.length === 1 ? (sources[0] as Source) : new PlacesSource(sources)
  const { tryFiles, index } = options
  return {
    prefix,
    source: tryFiles.length === 0 ? source : new TryFilesSource(source, tryFiles, index),
    directories,
  }
}

function createDirectory(path: string, { dotfiles, symlinks, exactCase }: MountOptions): Directory {
  const root = realpathSync.native(path)
  return { root, rules: { dotfiles, symlinks, comparesCase: exactCase && ignoresCase(root) } }
}

function toPath(key: string, place: StaticPlace): string {
  if (place instanceof URL) {
    try {
      return fileURLToPath(place)
    } catch (error) {
      throw new TypeError(
        `staticFiles: got ${place.href} for the mount ${JSON.stringify(key)}; expected a file: URL.`,
        {
          cause: error,
        },
      )
    }
  }
  if (typeof place !== 'string' || place === '' || place.includes('\0')) {
    throw new TypeError(
      `staticFiles: got ${JSON.stringify(place)} for the mount ${JSON.stringify(key)}; expected a path or a file: URL ('.' is the current directory).`,
    )
  }
  return resolve(place)
}

function statOf(key: string, path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw new TypeError(
      `staticFiles: got ${path} for the mount ${JSON.stringify(key)}, where there is nothing to be read; create it, or correct the mount.`,
      { cause: error },
    )
  }
}
