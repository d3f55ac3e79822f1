/**
 * Opens files below a root by the rules for hidden names, links and letter case.
 *
 * The threat: a link, or a second spelling, that leads to a file which a rule or a guard outside knows by another name. What is asked for must be
 * the names as they stand in their directories. What is not stopped: hard links, whose names are all true, and file systems that take
 * the composed and the decomposed form of a character for the same but tell upper from lower case.
 *
 * @module
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Forbidden } from '@stapel/core'
import { type OpenedFile, openBelow, openFile } from '@stapel/core/files'
import { isDotfile } from '@stapel/core/http'
import type { Dotfiles } from './path.ts'

/**
 * Which links are followed: those that stay below the root (`'inside'`), all of them (`'follow'`; what they lead to is not looked at: neither
 * where it is nor whether it is hidden), or none (`'refuse'`).
 */
export type Symlinks = 'inside' | 'follow' | 'refuse'

/** What names must be like, besides being safe. */
export interface NameRules {
  readonly dotfiles: Dotfiles
  readonly symlinks: Symlinks
  /** Whether a name has to be compared with the entries of its directory, since the file system itself ignores case. */
  readonly comparesCase: boolean
}

/**
 * Opens what `names`, which are safe and allowed by the rules, lead to below `root`, a real path. `undefined` for what is not there, or not by these
 * names. Throws {@link Forbidden} for a link to a hidden name where these are denied, and what `openBelow` throws.
 */
export function openNamed(
  root: string,
  names: readonly string[],
  rules: NameRules,
): Promise<OpenedFile | 'directory' | undefined> {
  const opening =
    rules.symlinks === 'follow'
      ? openFile(join(root, ...names))
      : openBelow(root, names, (real) => rules.symlinks !== 'refuse' && allowsHidden(real, rules.dotfiles))
  return rules.comparesCase ? opening.then((found) => closeMisspelled(found, root, names)) : opening
}

/** Whether names may be served by the rule for hidden ones; throws {@link Forbidden} where they are denied. */
export function allowsHidden(names: readonly string[], dotfiles: Dotfiles): boolean {
  if (dotfiles === 'allow' || !names.some(isDotfile)) return true
  if (dotfiles === 'deny') throw new Forbidden()
  return false
}

/** Whether each name stands in its directory letter for letter. `namesIn` gives the entries of a directory. */
export async function isSpelledSo(
  root: string,
  names: readonly string[],
  namesIn: (directory: string) => Promise<readonly string[]> = readdir,
): Promise<boolean> {
  let directory = root
  for (const name of names) {
    const entries: readonly string[] = await namesIn(directory).catch(() => [])
    if (!entries.includes(name)) return false
    directory = join(directory, name)
  }
  return true
}

async function closeMisspelled(
  found: OpenedFile | 'directory' | undefined,
  root: string,
  names: readonly string[],
): Promise<OpenedFile | 'directory' | undefined> {
  if (found === undefined || (await isSpelledSo(root, names))) return found
  if (found !== 'directory') await found.file.close()
  return undefined
}
