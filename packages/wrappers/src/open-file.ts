/**
 * Opens a file that is to be sent; on Node only.
 *
 * The threat: links that lead out of the root, names that lead to something other than a file (a FIFO without a writer blocks whoever
 * opens it), and a file that is replaced between the look at it and the reading. The real path is what is checked and opened, without
 * waiting and without following one more link, and what was opened is what is looked at. What is not stopped: somebody who may write to
 * the root and replaces one of its directories by a link in the moment between check and opening.
 *
 * @module
 */
import { NotFound, type OpenFile, ServiceUnavailable } from '@stapel/core'
import type { FileState } from '@stapel/core/http'

/** A file that is open for reading; whoever gets it closes it. */
export interface OpenedFile {
  readonly file: OpenFile
  readonly state: FileState
}

/**
 * Opens the file of a path that the application named; links are followed wherever they lead. Throws {@link NotFound} where there is no file
 * that may be read, {@link ServiceUnavailable} when too many files are open.
 */
export async function openFile(path: string | URL): Promise<OpenedFile> {
  const node = await loadNode()
  try {
    return await open(node, path, 0)
  } catch (error) {
    throw answerTo(error)
  }
}

/**
 * Opens the file that `names` lead to below `root`, which are each the name of one entry, unless its real path lies elsewhere or `allows`
 * refuses a name of that. Throws what {@link openFile} throws; a root that is not there is no fault of the client, and its error comes as
 * it is.
 */
export async function openBelow(
  root: string | URL,
  names: readonly string[],
  allows: (name: string) => boolean,
): Promise<OpenedFile> {
  const node = await loadNode()
  const realRoot = await node.realpath(root)
  const base = realRoot.endsWith(node.sep) ? realRoot : realRoot + node.sep
  try {
    const real = await node.realpath(base + names.join(node.sep))
    if (!real.startsWith(base) || !real.slice(base.length).split(node.sep).every(allows)) throw new NotFound()
    return await open(node, real, node.constants.O_NOFOLLOW)
  } catch (error) {
    throw answerTo(error)
  }
}

type Node = Pick<typeof import('node:fs/promises'), 'open' | 'realpath'> &
  Pick<typeof import('node:fs'), 'constants'> &
  Pick<typeof import('node:path'), 'sep'>

let loading: Promise<Node> | undefined

function loadNode(): Promise<Node> {
  loading ??= Promise.all([import('node:fs/promises'), import('node:fs'), import('node:path')]).then(
    ([{ open, realpath }, { constants }, { sep }]) => ({ open, realpath, constants, sep }),
  )
  return loading
}

async function open({ open, constants }: Node, path: string | URL, flags: number): Promise<OpenedFile> {
  // Flags that a platform does not know are undefined there, and count as 0 in a bitwise or.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | flags)
  let isFile = false
  try {
    const stats = await file.stat()
    isFile = stats.isFile()
    if (!isFile) throw new NotFound()
    return { file, state: { size: stats.size, mtimeMs: stats.mtimeMs } }
  } finally {
    if (!isFile) await file.close()
  }
}

const absent: ReadonlySet<unknown> = new Set([
  ...['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES', 'EPERM', 'EISDIR'],
  // Sockets, devices without a driver, and names that Windows cannot have.
  ...['ENXIO', 'ENODEV', 'EINVAL'],
])

function answerTo(error: unknown): unknown {
  const code = (error as { code?: unknown } | undefined)?.code
  if (absent.has(code)) return new NotFound(undefined, { cause: error })
  if (code !== 'EMFILE' && code !== 'ENFILE') return error
  return new ServiceUnavailable(undefined, { cause: error, retryAfter: 1 })
}
