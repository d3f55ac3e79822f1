import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The command that installs a package, by the package manager whose lock file lies in a directory or above it. */
export function installCommand(packageName: string, directory: string = process.cwd()): string {
  for (let current = directory; ; current = dirname(current)) {
    for (const [file, command] of managers) {
      if (existsSync(join(current, file))) return `${command} ${packageName}`
    }
    if (dirname(current) === current) return `npm install ${packageName}`
  }
}

const managers = [
  ['pnpm-lock.yaml', 'pnpm add'],
  ['yarn.lock', 'yarn add'],
  ['bun.lock', 'bun add'],
  ['bun.lockb', 'bun add'],
  ['package-lock.json', 'npm install'],
] as const
