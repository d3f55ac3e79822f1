import { basename } from 'node:path'
import { type OpenedFile, openFile } from '@stapel/core/files'
import { type NameRules, openNamed } from './open-named.ts'
import { parseFilePath } from './path.ts'

/** A file that answers a path; whoever gets it closes it. */
export interface Resource extends OpenedFile {
  /** Its type is told by this name. */
  readonly name: string
  /** The path below the mount under which it is to be had; when it is not the path asked for, a redirect leads there. */
  readonly path: string
}

/** Where a mount takes its files from. */
export interface Source {
  /**
   * The file for a path below the mount (`''`, or beginning with `/`): `undefined` at once where the path alone rules it out, a promise of
   * `undefined` where there is none. Throws `BadRequest` for a malformed path.
   */
  find(path: string): Promise<Resource | undefined> | undefined
}

/** The files of a directory, given by its real path, and of those in it. */
export class DirectorySource implements Source {
  readonly #root: string
  readonly #index: string | false
  readonly #rules: NameRules

  constructor(root: string, index: string | false, rules: NameRules) {
    this.#root = root
    this.#index = index
    this.#rules = rules
  }

  find(path: string): Promise<Resource | undefined> | undefined {
    const asked = parseFilePath(path, this.#rules.dotfiles)
    if (asked === undefined) return undefined
    const { names, slash, canonical } = asked
    if (slash) return this.#findIndex(names, canonical)
    return this.#findFile(names, canonical)
  }

  async #findFile(names: readonly string[], path: string): Promise<Resource | undefined> {
    const found = await openNamed(this.#root, names, this.#rules)
    if (found === 'directory') return this.#findIndex(names, `${path}/`)
    return found && { ...found, name: names.at(-1) ?? '', path }
  }

  async #findIndex(names: readonly string[], path: string): Promise<Resource | undefined> {
    if (this.#index === false) return undefined
    const found = await openNamed(this.#root, [...names, this.#index], this.#rules)
    return found === 'directory' ? undefined : found && { ...found, name: this.#index, path }
  }
}

/** One file, whatever its path is made of: the application itself named it. */
export class FileSource implements Source {
  readonly #file: string
  readonly #paths: ReadonlySet<string>

  /** `paths` are those below the mount that stand for the file. */
  constructor(file: string, paths: readonly string[]) {
    this.#file = file
    this.#paths = new Set(paths)
  }

  find(path: string): Promise<Resource | undefined> | undefined {
    return this.#paths.has(path) ? this.#open(path) : undefined
  }

  async #open(path: string): Promise<Resource | undefined> {
    const found = await openFile(this.#file)
    return found === 'directory' ? undefined : found && { ...found, name: basename(this.#file), path }
  }
}
