import { isAbsolute, relative, resolve, sep } from 'node:path'
import picomatch from 'picomatch'

/** A glob: what it matches, and where that is. */
export interface Glob {
  /** The directory, or the file, that everything it matches is in; absolute. */
  readonly base: string
  matches(path: string): boolean
}

/**
 * Reads a glob such as `templates/**` or `public/*.css`, relative to a directory. What names a directory or a file without a wildcard matches it and
 * everything in it. Names that begin with a dot have to be named, and what is below `node_modules` is matched only by a glob that names that.
 */
export function parseGlob(text: string, directory: string): Glob {
  const glob =
    toSlashes(text)
      .replace(/^(?:\.\/)+/, '')
      .replace(/(?<=.)\/+$/, '') || '.'
  const { base, isGlob } = picomatch.scan(glob)
  const isMatch = isGlob ? picomatch(glob) : picomatch([escaped(glob), `${escaped(glob)}/**`])
  const inPackages = /(?:^|\/)node_modules(?:\/|$)/
  const packages = inPackages.test(glob)
  const absolute = isAbsolute(glob)
  return {
    base: resolve(directory, isGlob ? base : glob),
    matches: (path) => {
      const shown = toSlashes(absolute ? path : relative(directory, path))
      return (
        (glob === '.' ? isInside(shown) : shown !== '' && isMatch(shown)) &&
        (packages || !inPackages.test(shown))
      )
    },
  }
}

function isInside(path: string): boolean {
  return !path.startsWith('../') && !path.split('/').some((name) => name.startsWith('.'))
}

function toSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}

function escaped(text: string): string {
  return text.replace(/[\\*?[\]{}()!+@|]/g, '\\$&')
}
