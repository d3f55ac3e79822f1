import { basename } from 'node:path'
import { signatureOf } from './file-signature.ts'
import { FileWatch } from './file-watch.ts'
import type { LoadedFile } from './messages.ts'
import type { WatchedGlobs } from './watched-globs.ts'

export interface ApplicationWatchOptions {
  /** Globs of files that are watched besides those that are loaded, and of those whose changes mean nothing. */
  readonly watch: readonly string[]
  readonly ignore: readonly string[]
}

export interface ApplicationWatchEvents {
  /** A file changed that the application is made of. */
  changed(path: string): void
  /** A style sheet changed, by the name of its file; without this, that is a change as any other. */
  restyled?: ((name: string) => void) | undefined
  /** Not everything can be watched. */
  failed(error: Error): void
}

/** Watches what an application is made of: the files that it loaded, and those that were named. */
export class ApplicationWatch {
  readonly #events: ApplicationWatchEvents
  readonly #files: FileWatch
  #globs: WatchedGlobs | undefined
  #closed = false

  constructor({ watch, ignore }: ApplicationWatchOptions, events: ApplicationWatchEvents) {
    this.#events = events
    this.#files = new FileWatch((path) => {
      if (this.#globs?.ignores(path) !== true) events.changed(path)
    }, events.failed)
    if (watch.length + ignore.length > 0) void this.#watchGlobs(watch, ignore)
  }

  /** The application is started from this file: what it loads from now on is what it is made of, once it is ready. */
  begin(file: string): void {
    this.#files.mark()
    this.#files.add([{ path: file, signature: signatureOf(file) }])
  }

  /** It loaded these files. */
  add(files: readonly LoadedFile[]): void {
    this.#files.add(files)
  }

  /** It is ready: files that it did not load again are forgotten. */
  finish(): void {
    this.#files.forgetUnused()
  }

  /** Looks at every file, for systems that tell less. */
  sweep(): void {
    this.#files.sweep()
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([this.#files.close(), this.#globs?.close()])
  }

  /** Imported when it is asked for: most applications are watched without. */
  async #watchGlobs(watch: readonly string[], ignore: readonly string[]): Promise<void> {
    const { WatchedGlobs } = await import('./watched-globs.ts')
    if (this.#closed) return
    const { restyled } = this.#events
    this.#globs = new WatchedGlobs(watch, ignore, {
      changed: (path) => {
        // Loaded files are watched already, from before they are read.
        if (this.#files.has(path)) return
        if (restyled !== undefined && path.endsWith('.css')) restyled(basename(path))
        else this.#events.changed(path)
      },
      failed: this.#events.failed,
    })
  }
}
