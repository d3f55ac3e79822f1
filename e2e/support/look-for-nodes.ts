import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import type { FoundNode } from './node-versions.ts'

/**
 * Looks for the newest Node of major versions in the npm package `node`, which npx keeps in its cache: once, before the tests, as it takes
 * a second each, and tests that run at one time would fill that cache at one time.
 */
export async function setup(project: TestProject): Promise<void> {
  project.provide('nodes', [await findNode(20), await findNode(24), await findNode(26)])
}

async function findNode(major: number): Promise<FoundNode> {
  const title = `Node ${major}`
  if (process.versions.node.startsWith(`${major}.`)) return { major, title, path: process.execPath }
  try {
    const command = ['--yes', '--package', `node@${major}`, '--call', 'node --print process.execPath']
    const { stdout } = await promisify(execFile)('npx', command, { timeout: 120_000 })
    const path = stdout.trim().split('\n').at(-1) ?? ''
    const { stdout: version } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 })
    if (!version.startsWith(`v${major}.`)) throw new Error(`npx gave Node ${version.trim()}`)
    return { major, title, path }
  } catch (error) {
    if (process.env.CI) throw error
    const reason = String((error as Error).message).split('\n')[0]
    return { major, title: `${title}, which cannot be had (${reason})`, path: undefined }
  }
}
