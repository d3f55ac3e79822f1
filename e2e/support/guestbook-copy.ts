import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guestbookFolder } from './command.ts'

/** A folder to keep the data of a guestbook in, and one for the temporary files of its process. */
export interface TemporaryFolders {
  readonly data: string
  readonly temporary: string
  /** The environment that makes a guestbook use them. */
  readonly env: Readonly<Record<string, string>>
  remove(): Promise<void>
}

export async function makeTemporaryFolders(): Promise<TemporaryFolders> {
  const data = await mkdtemp(join(tmpdir(), 'guestbook-data-'))
  const temporary = await mkdtemp(join(tmpdir(), 'guestbook-tmp-'))
  return {
    data,
    temporary,
    env: { GUESTBOOK_DATA: data, TMPDIR: temporary },
    async remove() {
      await rm(data, { recursive: true, force: true })
      await rm(temporary, { recursive: true, force: true })
    },
  }
}

/** The sources of the guestbook in a folder of their own, to be edited. */
export interface GuestbookCopy {
  readonly folder: string
  /** Replaces a text that a file holds, in place, and gives when it was saved, as `performance.now()`. */
  edit(file: string, from: string, to: string): Promise<number>
  /** The same as editors do it that write a new file and rename it over the old one. */
  editByRename(file: string, from: string, to: string): Promise<number>
  remove(): Promise<void>
}

/** Copies the guestbook to a folder inside its own, where its imports find the same packages. */
export async function copyGuestbook(): Promise<GuestbookCopy> {
  const folder = await mkdtemp(join(guestbookFolder, '.tmp-'))
  for (const name of await readdir(guestbookFolder)) {
    if (/^(?:node_modules|data|\.tmp-.*|.*\.test\.ts)$/.test(name)) continue
    await cp(join(guestbookFolder, name), join(folder, name), { recursive: true })
  }
  const replaced = async (file: string, from: string, to: string): Promise<string> => {
    const text = await readFile(join(folder, file), 'utf8')
    if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`)
    return text.replace(from, () => to)
  }
  return {
    folder,
    async edit(file, from, to) {
      const text = await replaced(file, from, to)
      const savedAt = performance.now()
      await writeFile(join(folder, file), text)
      return savedAt
    },
    async editByRename(file, from, to) {
      const text = await replaced(file, from, to)
      await writeFile(join(folder, `${file}~`), text)
      const savedAt = performance.now()
      await rename(join(folder, `${file}~`), join(folder, file))
      return savedAt
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
