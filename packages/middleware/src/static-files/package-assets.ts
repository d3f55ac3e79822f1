/**
 * Finds the files of an installed package.
 *
 * The threat: a name or a folder that climbs out of the package, or a link in it that leads elsewhere, so that a mount serves what was not
 * meant. What is not stopped: everything below the folder is served, whatever the package came to put there with its next version.
 *
 * @module
 */
import { realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { show } from '../check-options.ts'

/**
 * The real path of a folder or file of an installed package, for a mount of `staticFiles`.
 *
 * `from` is whose dependencies are looked through, as `import` would: the URL of a module (`import.meta.url`), or a path of a file or directory; by default
 * the current directory, as for the paths of mounts. The package is found by its folder, so it does not matter what its `exports` show.
 * Throws a TypeError where there is no such package or folder, and for one that leads out of the package.
 *
 * @example
 * ```ts
 * import { packageAssets, staticFiles } from '@stapel/middleware/static-files'
 *
 * export const vendor = () => staticFiles({ '/vendor/htmx': packageAssets('htmx.org', 'dist', import.meta.url) })
 * ```
 */
export function packageAssets(name: string, folder: string = '.', from: string | URL = './'): string {
  if (typeof name !== 'string' || !packageName.test(name)) {
    throw new TypeError(
      `packageAssets: got ${show(name)} for the package; expected its name, such as 'htmx.org' or '@scope/name'.`,
    )
  }
  const root = findPackage(name, from)
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0') || isAbsolute(folder)) {
    throw new TypeError(
      `packageAssets: got ${show(folder)} for the folder of ${name}; expected a path within the package, such as 'dist'.`,
    )
  }
  const place = realPath(join(root, folder))
  if (place === undefined) {
    throw new TypeError(
      `packageAssets: got the folder ${show(folder)}, which ${name} does not have; look into ${root} for what it has.`,
    )
  }
  if (place !== root && !place.startsWith(root + sep)) {
    throw new TypeError(
      `packageAssets: got the folder ${show(folder)}, which leads out of ${name}; expected a path within the package.`,
    )
  }
  return place
}

// What npm allows of names old and new, without those that begin with a dot.
const packageName = /^(?:@[a-z0-9~_-][a-z0-9._~-]*\/)?[a-z0-9~_-][a-z0-9._~-]*$/i

function findPackage(name: string, from: string | URL): string {
  // The path behind the name keeps names of built-in modules, which packages may have too, from being taken for these.
  const places = requireFrom(from).resolve.paths(`${name}/package.json`) ?? []
  for (const place of places) {
    const root = realPath(join(place, name))
    if (root !== undefined && statSync(root).isDirectory()) return root
  }
  throw new TypeError(
    `packageAssets: got the package ${name}, which is not installed where ${from === './' ? 'the current directory' : from} would find it; install it, or name the module that depends on it.`,
  )
}

function requireFrom(from: string | URL): NodeJS.Require {
  try {
    if (from instanceof URL || from.startsWith('file:')) return createRequire(from)
    // Of a directory it is asked what a file in it would find.
    return createRequire(statSync(from).isDirectory() ? resolve(from, 'any.js') : resolve(from))
  } catch (error) {
    throw new TypeError(
      `packageAssets: got ${from instanceof URL ? from.href : show(from)} for the place to look from; expected import.meta.url, or a path.`,
      { cause: error },
    )
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}
