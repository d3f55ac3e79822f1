/**
 * Looks up what a listing of a directory may show.
 *
 * The threat: a listing that tells of what is not served: hidden files, links that lead out, names in a spelling that nobody can ask for; and a
 * directory so large that looking at it keeps the server busy. What is shown is what a request for it would find; no more entries are looked at
 * than the limit. What is not stopped: names, sizes and times of what is served are no secret any more.
 *
 * @module
 */
import type { Dirent } from 'node:fs'
import { lstat, opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ServiceUnavailable } from '@stapel/core'
import { isDotfile, isSafeName } from '@stapel/core/http'
import type { Directory } from './mounts.ts'
import { openNamed } from './open-named.ts'

/** One line of a listing. */
export interface ListedEntry {
  readonly name: string
  readonly type: 'directory' | 'file'
  /** In bytes; 0 for a directory. */
  readonly size: number
  /** When its content was last changed, in milliseconds since 1970. */
  readonly modifiedMs: number
}

/** What a directory holds, in no order. */
export interface Listing {
  readonly entries: readonly ListedEntry[]
  /** Whether there is more than was looked at. */
  readonly truncated: boolean
}

/**
 * Lists the directories that `names`, which are safe and allowed, lead to in these roots, as one; of entries with one name the first counts, and at
 * most `limit` are looked at in each. `undefined` where there is no such directory. Throws {@link ServiceUnavailable} when too many files are open.
 */
export async function listDirectories(
  directories: readonly Directory[],
  names: readonly string[],
  limit: number,
): Promise<Listing | undefined> {
  const found = new Map<string, ListedEntry>()
  let exists = false
  let truncated = false
  for (const directory of directories) {
    const listing = await listDirectory(directory, names, limit)
    if (listing === undefined) continue
    exists = true
    truncated ||= listing.truncated
    for (const entry of listing.entries) if (!found.has(entry.name)) found.set(entry.name, entry)
  }
  if (!exists) return undefined
  const entries = [...found.values()]
  return { entries: entries.slice(0, limit), truncated: truncated || entries.length > limit }
}

// The threads of libuv are four; a few more requests keep them busy without holding back those of others for long.
const AT_ONCE = 16

async function listDirectory(
  { root, rules }: Directory,
  names: readonly string[],
  limit: number,
): Promise<Listing | undefined> {
  const opened = await openNamed(root, names, rules)
  if (opened !== 'directory') {
    await opened?.file.close()
    return undefined
  }
  const path = join(root, ...names)
  const { dirents, truncated } = await readEntries(path, limit)
  const shown = dirents.filter(
    ({ name }) => isSafeName(name) && (rules.dotfiles === 'allow' || !isDotfile(name)),
  )
  const entries: ListedEntry[] = []
  for (let i = 0; i < shown.length; i += AT_ONCE) {
    const looked = shown.slice(i, i + AT_ONCE).map(async (dirent) => {
      const { name } = dirent
      if (dirent.isSymbolicLink()) return lookAtLink({ root, rules }, [...names, name])
      return lookAt(name, await lstat(join(path, name)))
    })
    for (const result of await Promise.allSettled(looked)) {
      // What is gone by now, or is denied, is not shown.
      if (result.status === 'fulfilled' && result.value !== undefined) entries.push(result.value)
    }
  }
  return { entries, truncated }
}

async function readEntries(path: string, limit: number): Promise<{ dirents: Dirent[]; truncated: boolean }> {
  const dirents: Dirent[] = []
  try {
    for await (const dirent of await opendir(path)) {
      if (dirents.length === limit) return { dirents, truncated: true }
      dirents.push(dirent)
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EMFILE' || code === 'ENFILE')
      throw new ServiceUnavailable(undefined, { cause: error, retryAfter: 1 })
  }
  return { dirents, truncated: false }
}

interface State {
  readonly size: number
  readonly mtimeMs: number
  isFile(): boolean
  isDirectory(): boolean
}

function lookAt(name: string, state: State): ListedEntry | undefined {
  const { size, mtimeMs: modifiedMs } = state
  if (state.isDirectory()) return { name, type: 'directory', size: 0, modifiedMs }
  return state.isFile() ? { name, type: 'file', size, modifiedMs } : undefined
}

/** A link is opened, as a request would do it, so that it is shown where it is served and nowhere else. */
async function lookAtLink(
  { root, rules }: Directory,
  names: readonly string[],
): Promise<ListedEntry | undefined> {
  const name = names.at(-1) as string
  const found = await openNamed(root, names, rules)
  if (found === undefined) return undefined
  if (found === 'directory') return lookAt(name, await stat(join(root, ...names)))
  await found.file.close()
  return { name, type: 'file', size: found.state.size, modifiedMs: found.state.mtimeMs }
}
