import { GlobWatch, type GlobWatchEvents } from './glob-watch.ts'
import { parseGlob } from './globs.ts'

/** The files that `--watch` names, but for those that `--ignore` does; relative to the working directory. */
export class WatchedGlobs {
  readonly #ignored: (path: string) => boolean
  readonly #watch: GlobWatch | undefined

  constructor(watch: readonly string[], ignore: readonly string[], events: GlobWatchEvents) {
    const directory = process.cwd()
    const ignored = ignore.map((glob) => parseGlob(glob, directory))
    this.#ignored = (path) => ignored.some((glob) => glob.matches(path))
    const globs = watch.map((glob) => {
      const { base, matches } = parseGlob(glob, directory)
      return { base, matches: (path: string) => matches(path) && !this.#ignored(path) }
    })
    this.#watch = globs.length === 0 ? undefined : new GlobWatch(globs, events)
  }

  /** Whether changes of a file mean nothing. */
  ignores(path: string): boolean {
    return this.#ignored(path)
  }

  async close(): Promise<void> {
    await this.#watch?.close()
  }
}
