import type { Application } from '@stapel/core'
import { normalizePath } from '@stapel/core/http'

/** An application, and where it is mounted. */
export interface Mount {
  /** In normal form: `''` for everything, or a path that begins with `/` and does not end in it. */
  readonly prefix: string
  readonly app: Application
}

/**
 * The mount prefix that a text means, in normal form and without a slash at its end; `''` for `''` and `'/'`.
 *
 * `undefined` for what no path of a request can begin with: it does not start with `/`, climbs above the root, has an empty segment, an invalid
 * escape, a `?` or a `#`.
 */
export function parsePrefix(text: string): string | undefined {
  if (text !== '' && !text.startsWith('/')) return undefined
  if (/[?#]|%(?![0-9A-Fa-f]{2})/.test(text)) return undefined
  const normal = normalizePath(text)
  // A SCRIPT_NAME that begins with `//` would make a foreign host of the first segment of a redirect.
  if (normal === undefined || normal.includes('//')) return undefined
  return normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/** Mounts by their prefix; finds the longest that a path lies in, in whole segments. */
export class Prefixes {
  readonly #mounts = new Map<string, Mount>()
  /** Of the mount that has most of them: further segments of a path, however many it has, are not looked at. */
  #segments = 0

  /** Whether the prefix was not there yet. */
  add(mount: Mount): boolean {
    if (this.#mounts.has(mount.prefix)) return false
    this.#mounts.set(mount.prefix, mount)
    this.#segments = Math.max(this.#segments, mount.prefix.split('/').length - 1)
    return true
  }

  /** The mount for a path in normal form. */
  find(path: string): Mount | undefined {
    let found = this.#mounts.get('')
    let end = 0
    for (let i = 0; i < this.#segments && end < path.length; i++) {
      end = path.indexOf('/', end + 1)
      if (end === -1) end = path.length
      found = this.#mounts.get(path.slice(0, end)) ?? found
    }
    return found
  }
}
