import { inject } from 'vitest'

/** A Node to run the guestbook by. */
export interface FoundNode {
  readonly major: number
  /** `'Node 24'`, or why it is missing. */
  readonly title: string
  /** The path of its program; `undefined` when it is missing. */
  readonly path: string | undefined
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Found by look-for-nodes.ts. */
    readonly nodes: readonly FoundNode[]
  }
}

/** The Node that runs the tests, and the newest of other major versions; one that cannot be had is missing, which in CI is an error. */
export function findNodes(...majors: readonly number[]): FoundNode[] {
  const own = Number(process.versions.node.split('.')[0])
  const others = inject('nodes').filter(({ major }) => major !== own && majors.includes(major))
  return [{ major: own, title: `Node ${own}`, path: process.execPath }, ...others]
}
