import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder of this file. */
export const hostsFolder: string = fileURLToPath(new URL('.', import.meta.url))

/** Programs of the npm packages beside this file, by name. */
export interface Programs {
  readonly bun: string
  readonly deno: string
  readonly workerd: string
  readonly esbuild: string
}

/**
 * Installs the packages on first use, which takes 350 MB, and gives the programs of this platform. The packages themselves put them in place
 * by an install script, which is not run. Rejects when they cannot be had within three minutes.
 */
export async function installPrograms(): Promise<Programs> {
  const programs = programsOf(process.platform, process.arch)
  const missing = await Promise.all(Object.values(programs).map((path) => access(path).catch(() => path)))
  if (missing.some((path) => path !== undefined)) {
    const command = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    await promisify(execFile)('npm', command, { cwd: hostsFolder, timeout: 180_000 })
    await Promise.all(Object.values(programs).map((path) => access(path)))
  }
  return programs
}

/** The path of a program of the system; `undefined` when it is not installed. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  for (const folder of folders) {
    const path = join(folder, name)
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    ) {
      return path
    }
  }
  return undefined
}

function programsOf(platform: string, arch: string): Programs {
  const suffix = platform === 'win32' ? '.exe' : ''
  const bunArch = arch === 'arm64' ? 'aarch64' : arch
  const denoPlatform = platform === 'linux' ? 'linux' : platform
  const denoLibrary = platform === 'linux' ? '-glibc' : ''
  const workerdPlatform = platform === 'win32' ? 'windows' : platform
  const workerdArch = arch === 'x64' ? '64' : arch
  const at = (path: string): string => join(hostsFolder, 'node_modules', path)
  return {
    bun: at(`@oven/bun-${platform === 'win32' ? 'windows' : platform}-${bunArch}/bin/bun${suffix}`),
    deno: at(`@deno/${denoPlatform}-${arch}${denoLibrary}/deno${suffix}`),
    workerd: at(`@cloudflare/workerd-${workerdPlatform}-${workerdArch}/bin/workerd${suffix}`),
    esbuild: at(`@esbuild/${platform}-${arch}/${platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild'}`),
  }
}
