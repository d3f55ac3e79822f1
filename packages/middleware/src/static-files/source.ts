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
  /** Its decoded path below the mount, as in `'/docs/index.html'` for `'/docs/'`. */
  readonly filePath: string
  /** Given for a page that says that nothing was found: it is sent whole, without validators. @default 200 */
  readonly status?: 200 | 404
  /** Opens the file whose name has this ending besides, as in `'.br'`, by the rules of the file itself; `undefined` where there is none. */
  openNeighbour(ending: string): Promise<OpenedFile | undefined>
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
    return found && this.#resource(found, names, path)
  }

  async #findIndex(names: readonly string[], path: string): Promise<Resource | undefined> {
    if (this.#index === false) return undefined
    const file = [...names, this.#index]
    const found = fileOnly(await openNamed(this.#root, file, this.#rules))
    return found && this.#resource(found, file, path)
  }

  #resource(found: OpenedFile, names: readonly string[], path: string): Resource {
    const name = names.at(-1) ?? ''
    const openNeighbour = async (ending: string): Promise<OpenedFile | undefined> =>
      fileOnly(await openNamed(this.#root, names.with(-1, name + ending), this.#rules))
    return { ...found, name, path, filePath: `/${names.join('/')}`, openNeighbour }
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
    const found = fileOnly(await openFile(this.#file))
    if (found === undefined) return undefined
    const name = basename(this.#file)
    const openNeighbour = async (ending: string): Promise<OpenedFile | undefined> =>
      fileOnly(await openFile(this.#file + ending))
    return { ...found, name, path, filePath: `/${name}`, openNeighbour }
  }
}

function fileOnly(found: OpenedFile | 'directory' | undefined): OpenedFile | undefined {
  return found === 'directory' ? undefined : found
}
