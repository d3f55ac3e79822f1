import { existsSync } from 'node:fs'
import { dirname, parse } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { MISSING, signatureOf } from './file-signature.ts'
import type { LoadedFile } from './messages.ts'
import { onRawChange } from './raw-changes.ts'

/** So long after files were added they are looked at, in milliseconds: what happens while chokidar begins to watch may have no event. */
export const SETTLE_MS = 250

/**
 * Watches the files that an application loaded, and those it looked for in vain.
 *
 * The directories are watched and everything else in them ignored: an editor that saves by renaming a new file over the old one, and a file
 * that is deleted and made again, are then seen as well. What counts is whether a file still is what the application loaded, so that one
 * save counts once however many events it makes, and one that came before the watcher was ready counts, too.
 */
export class FileWatch {
  readonly #onChange: (path: string) => void
  readonly #watcher: FSWatcher
  readonly #files = new Map<string, Watched>()
  readonly #directories = new Set<string>()
  #settling: NodeJS.Timeout | undefined

  constructor(onChange: (path: string) => void, onError: (error: Error) => void = () => {}) {
    this.#onChange = onChange
    this.#watcher = watch([], {
      // The events of the first scan tell that a file is being watched from now on.
      ignoreInitial: false,
      atomic: false,
      ignored: (path) => !this.#files.has(path) && !this.#directories.has(path),
    })
    this.#watcher.on('all', (_event, path) => this.#check(path))
    onRawChange(this.#watcher, (path) => this.#check(path))
    // A limit of the system, mostly; what is watched already goes on being watched.
    this.#watcher.on('error', (error) => onError(error as Error))
  }

  /** Adds files to those that are watched; one that has changed since it was loaded is a change. */
  add(files: readonly LoadedFile[]): void {
    const paths: string[] = []
    for (const { path, signature } of files) {
      const known = this.#files.get(path)
      this.#files.set(path, { signature, used: true })
      if (known !== undefined) continue
      const directory = this.#addDirectories(dirname(path))
      if (directory !== undefined) paths.push(directory)
      if (signature !== MISSING) paths.push(path)
    }
    if (paths.length > 0) {
      this.#watcher.add(paths)
      clearTimeout(this.#settling)
      this.#settling = setTimeout(() => this.sweep(), SETTLE_MS).unref()
    }
    for (const { path } of files) this.#check(path)
  }

  /** Whether a file is among those that are watched. */
  has(path: string): boolean {
    return this.#files.has(path)
  }

  /** From now on it is noted which files are added again; see {@link forgetUnused}. */
  mark(): void {
    for (const file of this.#files.values()) file.used = false
  }

  /** Forgets what was not added since {@link mark}: the application loads it no more. */
  forgetUnused(): void {
    for (const [path, file] of this.#files) {
      if (!file.used) this.#files.delete(path)
    }
  }

  /** Looks at every file, for systems that tell less. */
  sweep(): void {
    for (const path of this.#files.keys()) this.#check(path)
  }

  close(): Promise<void> {
    clearTimeout(this.#settling)
    return this.#watcher.close()
  }

  /** Lets a directory and those between it and the nearest that exists through; gives that one when it is new. */
  #addDirectories(directory: string): string | undefined {
    let current = directory
    const { root } = parse(current)
    while (!existsSync(current) && current !== root) {
      this.#directories.add(current)
      current = dirname(current)
    }
    if (this.#directories.has(current)) return undefined
    this.#directories.add(current)
    return current
  }

  #check(path: string): void {
    const file = this.#files.get(path)
    if (file === undefined) return
    const signature = signatureOf(path)
    if (signature === file.signature) return
    file.signature = signature
    this.#onChange(path)
  }
}

interface Watched {
  signature: string
  used: boolean
}
