import { installPrograms } from './programs.ts'

/** Installs the other runtimes before the tests, which run two files at a time; what is missing they say themselves. */
export async function setup(): Promise<void> {
  await installPrograms().catch(() => {})
}
