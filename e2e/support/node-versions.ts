import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A Node to run the guestbook by. */
export interface FoundNode {
  /** `'Node 24'`, or why it is missing. */
  readonly title: string
  /** The path of its program; `undefined` when it is missing. */
  readonly path: string | undefined
}

/**
 * The Node that runs the tests, and the newest of other major versions, from the npm package `node`, which npx keeps in its cache. One
 * that cannot be had is missing; in CI that is an error.
 */
export async function findNodes(...majors: readonly number[]): Promise<FoundNode[]> {
  const own = Number(process.versions.node.split('.')[0])
  const found: FoundNode[] = [{ title: `Node ${own}`, path: process.execPath }]
  for (const major of majors) if (major !== own) found.push(await findNode(major))
  return found
}

async function findNode(major: number): Promise<FoundNode> {
  try {
    const command = ['--yes', '--package', `node@${major}`, '--call', 'node --print process.execPath']
    const { stdout } = await promisify(execFile)('npx', command, { timeout: 120_000 })
    const path = stdout.trim().split('\n').at(-1) ?? ''
    const { stdout: version } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 })
    if (!version.startsWith(`v${major}.`)) throw new Error(`npx gave Node ${version.trim()}`)
    return { title: `Node ${major}`, path }
  } catch (error) {
    if (process.env.CI) throw error
    const reason = String((error as Error).message).split('\n')[0]
    return { title: `Node ${major}, which cannot be had (${reason})`, path: undefined }
  }
}
