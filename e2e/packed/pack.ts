import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The root of the workspace. */
export const workspace: string = fileURLToPath(new URL('../../', import.meta.url))

/** The published packages, in the order of their dependencies. */
export const packages = ['core', 'wrappers', 'routing', 'middleware', 'testing', 'devserver'] as const
export type PackageName = (typeof packages)[number]

/** Tarballs of all packages in a folder outside the workspace. */
export interface Tarballs {
  readonly folder: string
  path(name: PackageName): string
  remove(): Promise<void>
}

/** Packs every package as it would be published. */
export async function packAll(): Promise<Tarballs> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-packed-'))
  for (const name of packages) {
    await pnpm(['pack', '--pack-destination', folder], join(workspace, 'packages', name))
  }
  const files = await readdir(folder)
  return {
    folder,
    path: (name) =>
      join(folder, files.find((file) => file.startsWith(`stapel-${name}-`)) ?? `missing-${name}`),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A folder with a package.json and nothing else, and `npm install` of what is named. */
export async function installInEmptyFolder(
  tarballs: Tarballs,
  name: string,
  dependencies: readonly string[],
): Promise<string> {
  const folder = join(tarballs.folder, name)
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...dependencies], folder)
  return folder
}

const execute = promisify(execFile)

/** Runs a program to its end; what it printed is part of the error when it fails. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout, stderr } = await execute(command, args, { cwd, timeout: 120_000, maxBuffer: 16_777_216 })
    return stdout + stderr
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`, { cause: error })
  }
}

/** The pnpm that runs this script, or the one on the path. */
function pnpm(args: readonly string[], cwd: string): Promise<string> {
  const program = process.env.npm_execpath
  if (program === undefined || !basename(program).startsWith('pnpm')) return run('pnpm', args, cwd)
  return /\.[cm]?js$/.test(program) ? run(process.execPath, [program, ...args], cwd) : run(program, args, cwd)
}
