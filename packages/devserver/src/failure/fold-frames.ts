import type { Frame } from './failure.ts'

/** Frames of the application, or a run of others, which is shown as one line. */
export interface FrameGroup {
  readonly folded: boolean
  readonly frames: readonly Frame[]
}

/** The frames of a stack in their order, those of libraries and of Node folded. */
export function foldFrames(frames: readonly Frame[]): FrameGroup[] {
  const groups: { folded: boolean; frames: Frame[] }[] = []
  for (const frame of frames) {
    const folded = frame.origin !== 'application'
    const last = groups.at(-1)
    if (last?.folded === folded) last.frames.push(frame)
    else groups.push({ folded, frames: [frame] })
  }
  return groups
}

/** `'3 calls in express and Node'` */
export function formatFold(frames: readonly Frame[]): string {
  const owners = [...new Set(frames.map(ownerOf))]
  const named = owners.length > 3 ? [...owners.slice(0, 2), 'others'] : owners
  const list =
    named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} and ${named.at(-1) as string}`
  return `${frames.length} ${frames.length === 1 ? 'call' : 'calls'} in ${list}`
}

/** The package of a frame: the last one of its path, where packages hold packages. */
function ownerOf({ origin, location }: Frame): string {
  if (origin === 'node' || location === undefined) return 'Node'
  const path = location.file.replaceAll('\\', '/')
  const inside = path.split('/node_modules/').at(-1) as string
  if (inside !== path) return /^(?:@[^/]+\/)?[^/]+/.exec(inside)?.[0] ?? 'a library'
  const linked = /\/([^/]+)\/(?:dist|src)\/.*$/.exec(path)
  return linked === null ? 'a library' : `@stapel/${linked[1]}`
}
