import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandError } from './command-error.ts'
import type { Settings } from './settings.ts'

/** The files of a certificate and its key, by their absolute paths. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/**
 * The files that `--cert` and `--key` name; `undefined` where there are none. Throws a {@link CommandError}: with exit code 2 for one without the other,
 * with 1 for one that is not there.
 */
export function readTlsFiles({ cert, key }: Pick<Settings, 'cert' | 'key'>): TlsFiles | undefined {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined)
    throw new CommandError(
      `Got --${cert === undefined ? 'key' : 'cert'} alone; HTTPS needs --cert and --key.`,
      2,
    )
  for (const [flag, path] of [
    ['cert', cert],
    ['key', key],
  ] as const) {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      throw new CommandError(`There is no file ${path} for --${flag}.`, 1)
  }
  return { cert: resolve(cert), key: resolve(key) }
}
