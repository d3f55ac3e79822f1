import { statSync } from 'node:fs'
import { dirname, parse } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { LoadedFile } from './messages.ts'

/**
 * Watches the files that an application loaded, and those it looked for in vain.
 *
 * The directories are watched and everything else in them ignored: an editor that saves by renaming a new file over the old one, and a file
 * that is deleted and made again, are then seen as well. A change counts when time, size or identity of the file differ, so that one save
 * counts once however many events it makes.
 */
export class FileWatch {
  readonly #onChange: (path: string) => void
  readonly #watcher: FSWatcher
  readonly #files = new Map<string, Watched>()
  readonly #directories = new Set<string>()

  constructor(onChange: (path: string) => void) {
    this.#onChange = onChange
    this.#watcher = watch([], {
      // The events of the first scan tell that a file is being watched from now on.
      ignoreInitial: false,
      atomic: false,
      ignored: (path) => !this.#files.has(path) && !this.#directories.has(path),
    })
    this.#watcher.on('all', (_event, path) => this.#check(path))
    // A limit of the system, mostly; what is watched already goes on being watched.
    this.#watcher.on('error', () => {})
  }

  /** Adds files to those that are watched. */
  add(files: readonly LoadedFile[]): void {
    const paths: string[] = []
    for (const { path, at, missing } of files) {
      const known = this.#files.get(path)
      if (known !== undefined) {
        known.used = true
        known.at = at
        continue
      }
      this.#files.set(path, { signature: missing ? MISSING : undefined, at, used: true })
      const directory = this.#addDirectories(dirname(path))
      if (directory !== undefined) paths.push(directory)
      if (!missing) paths.push(path)
    }
    if (paths.length > 0) this.#watcher.add(paths)
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

  /** Looks for files that were saved after they were loaded: chokidar drops events that follow another within 50 ms. */
  sweep(): void {
    for (const [path, file] of this.#files) {
      const signature = signatureOf(path)
      if (signature === file.signature) continue
      file.signature = signature
      if (isLater(signature, file.at)) this.#onChange(path)
    }
  }

  close(): Promise<void> {
    return this.#watcher.close()
  }

  /** Lets a directory and those between it and the nearest that exists through; gives that one when it is new. */
  #addDirectories(directory: string): string | undefined {
    let current = directory
    const { root } = parse(current)
    while (signatureOf(current) === MISSING && current !== root) {
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
    const known = file.signature
    if (signature === known) return
    file.signature = signature
    // First seen now: a save after it was loaded has no event of its own.
    if (known === undefined && !isLater(signature, file.at)) return
    this.#onChange(path)
  }
}

interface Watched {
  signature: string | undefined
  /** When it was loaded last, in milliseconds since 1970. */
  at: number
  used: boolean
}

const MISSING = ''

function signatureOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return MISSING
  }
}

/** Whether a file was saved, or deleted, after a time; within a millisecond nobody can tell. */
function isLater(signature: string, at: number): boolean {
  return signature === MISSING || Number.parseFloat(signature) > at + 1
}
