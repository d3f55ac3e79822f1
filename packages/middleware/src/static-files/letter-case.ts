import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What is asked of a file system. */
export interface CaseProbe {
  /** The entries of a directory; none where it cannot be read. */
  namesIn(directory: string): readonly string[]
  /** Whether two paths are one entry. */
  isSame(one: string, other: string): boolean
}

/**
 * Whether a directory takes names that differ only in case for the same. It is asked by another spelling of one of its entries, as platform
 * and mount tell nothing certain: a container on Linux may see a directory of macOS or Windows.
 */
export function ignoresCase(root: string, probe: CaseProbe = fileSystem): boolean {
  return asked(root, probe) ?? asked(dirname(root), probe, [basename(root)]) ?? ignoredByPlatform
}

/** `undefined` where no entry has a letter. */
function asked(
  directory: string,
  probe: CaseProbe,
  names: readonly string[] = probe.namesIn(directory),
): boolean | undefined {
  const name = names.find((name) => swapCase(name) !== name)
  if (name === undefined) return undefined
  const other = swapCase(name)
  return !names.includes(other) && probe.isSame(join(directory, name), join(directory, other))
}

function swapCase(name: string): string {
  return name.replace(/[A-Za-z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
}

const ignoredByPlatform = process.platform === 'win32' || process.platform === 'darwin'

const fileSystem: CaseProbe = {
  namesIn(directory) {
    try {
      return readdirSync(directory)
    } catch {
      return []
    }
  },
  isSame(one, other) {
    const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }))
    return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev
  },
}
