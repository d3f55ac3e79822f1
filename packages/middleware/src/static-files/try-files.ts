import type { Resource, Source } from './source.ts'

/** The most endings that are tried, since each costs a look into the file system where nothing is found. */
export const TRY_FILES_LIMIT = 8

/** Whether these are endings of names that can be left out, as `['.html']`: at most {@link TRY_FILES_LIMIT}, none of them the end of another. */
export function areEndings(endings: unknown): boolean {
  return (
    Array.isArray(endings) &&
    endings.length <= TRY_FILES_LIMIT &&
    endings.every(
      (ending) => typeof ending === 'string' && /^(?:\.[A-Za-z0-9_~-]{1,32}){1,4}$/.test(ending),
    ) &&
    endings.every((ending, i) => !endings.some((other, j) => i !== j && other.endsWith(ending)))
  )
}

/**
 * Files whose names may be asked for without their endings: `/about` is `about.html`.
 *
 * Each file is to be had under one path all the same, so that a guard needs to know one: the one without the ending, or the directory where it is
 * the index. Others redirect there. What has the very name that is asked for comes first, and so does a directory with an index.
 */
export class TryFilesSource implements Source {
  readonly #files: Source
  readonly #endings: readonly string[]
  readonly #index: string | false

  constructor(files: Source, endings: readonly string[], index: string | false) {
    this.#files = files
    this.#endings = endings
    this.#index = index
  }

  find(path: string): Promise<Resource | undefined> | undefined {
    const looking = this.#files.find(path)
    return looking?.then((found) => (found === undefined ? this.#try(path) : this.#redirect(found, path)))
  }

  /** A slash that no directory stands for is as needless as an ending: the path goes on without it. */
  async #try(path: string): Promise<Resource | undefined> {
    const bare = path.endsWith('/') ? path.slice(0, -1) : path
    if (bare === '' || bare.endsWith('/')) return undefined
    for (const ending of this.#endings) {
      const found = await this.#files.find(bare + ending)
      if (found === undefined) continue
      // A directory that is called so has an address of its own.
      if (found.path.endsWith('/')) await found.file.close()
      else return { ...found, path: this.#pathOf(found, ending) }
    }
    return undefined
  }

  async #redirect(found: Resource, path: string): Promise<Resource> {
    const ending = path.endsWith('/') ? undefined : this.#endings.find((ending) => path.endsWith(ending))
    if (ending === undefined || found.path.endsWith('/')) return found
    let other: Resource | undefined
    try {
      other = await this.find(this.#pathOf(found, ending))
    } catch (error) {
      await found.file.close()
      throw error
    }
    await other?.file.close()
    return other?.filePath === found.filePath ? { ...found, path: other.path } : found
  }

  /** The path of a file without its ending, and without its name where it is the index of a directory. */
  #pathOf({ name, path }: Resource, ending: string): string {
    return name === this.#index ? path.slice(0, path.lastIndexOf('/') + 1) : path.slice(0, -ending.length)
  }
}
