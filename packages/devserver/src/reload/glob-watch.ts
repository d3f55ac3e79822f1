import { existsSync, type Stats } from 'node:fs'
import { basename, dirname, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { MISSING, signatureOf } from './file-signature.ts'
import type { Glob } from './globs.ts'
import { onRawChange } from './raw-changes.ts'

export interface GlobWatchEvents {
  /** A file was made, saved or removed. */
  changed(path: string): void
  /** Not everything can be watched; a limit of the system, mostly. */
  failed(error: Error): void
}

/** Watches the files that match globs, those that do not exist yet as well. */
export class GlobWatch {
  readonly #watcher: FSWatcher
  readonly #globs: readonly Glob[]
  readonly #signatures = new Map<string, string>()
  /** Settles when changes are seen. */
  readonly ready: Promise<void>

  constructor(globs: readonly Glob[], events: GlobWatchEvents) {
    this.#globs = globs
    const bases = globs.map(({ base }) => nearest(base))
    let initial = true
    this.#watcher = watch([...new Set(bases)], {
      ignoreInitial: false,
      atomic: false,
      ignored: (path, stats) => this.#isIgnored(path, stats),
    })
    const check = (path: string): void => {
      if (!this.#matches(path)) return
      const signature = signatureOf(path)
      if ((this.#signatures.get(path) ?? MISSING) === signature) return
      if (signature === MISSING) this.#signatures.delete(path)
      else this.#signatures.set(path, signature)
      if (!initial) events.changed(path)
    }
    this.#watcher.on('all', (_event, path) => check(path))
    onRawChange(this.#watcher, (path) => {
      if (!initial) check(path)
    })
    this.#watcher.on('error', (error) => events.failed(error as Error))
    this.ready = new Promise((resolve) => {
      this.#watcher.once('ready', () => {
        initial = false
        resolve()
      })
    })
  }

  close(): Promise<void> {
    return this.#watcher.close()
  }

  #matches(path: string): boolean {
    return this.#globs.some((glob) => glob.matches(path))
  }

  /** Directories are entered that lead to a base or are below one; what else is no match costs nothing. */
  #isIgnored(path: string, stats: Stats | undefined): boolean {
    if (stats?.isFile() === true) return !this.#matches(path)
    const leads = this.#globs.some(({ base }) => isBelow(base, path) || isBelow(path, base))
    return !leads || (skipped.has(basename(path)) && !this.#globs.some(({ base }) => isBelow(base, path)))
  }
}

/** Directories that hold no sources, and very many files. */
const skipped = new Set(['node_modules', '.git'])

/** Whether a path is a directory or below it. */
function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
}

/** A path, or the nearest directory above it that exists. */
function nearest(path: string): string {
  let current = path
  while (!existsSync(current) && dirname(current) !== current) current = dirname(current)
  return current
}
