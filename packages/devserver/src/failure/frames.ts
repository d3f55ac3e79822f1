import { type ExcerptLine, excerptOf } from './excerpt.ts'
import { frameLines, isLibrary, isTool, parseFrame, type SourceLocation } from './source-location.ts'
import { cut } from './value-text.ts'

/** One call of a stack. */
export interface Frame {
  /** The function: `'async Site.render'`; empty for the top level of a module. */
  readonly call: string
  /** Absent for what has no source: `new Promise (<anonymous>)`. */
  readonly location?: SourceLocation | undefined
  /** Whose code it is. */
  readonly origin: 'application' | 'library' | 'node'
  /** The source lines around it, of the first few frames of the application. */
  readonly excerpt: readonly ExcerptLine[]
}

/** So many frames of a stack are kept. */
export const FRAME_LIMIT = 30

/** The frames of a stack, without those of this package and of what loads TypeScript; `excerpts` of them with their source lines. */
export function framesOf(
  stack: string,
  message: string,
  excerpts: number,
): { frames: Frame[]; hidden: number } {
  const lines = frameLines(stack, message).filter((line) => !isTool(line))
  let left = excerpts
  const frames = lines.slice(0, FRAME_LIMIT).map((line): Frame => {
    const { call, location } = parseFrame(line)
    const origin = originOf(location)
    const shown = origin === 'application' && location !== undefined && left-- > 0
    return {
      call: cut(call, 200),
      ...(location !== undefined && { location }),
      origin,
      excerpt: shown ? excerptOf(location) : [],
    }
  })
  return { frames, hidden: lines.length - frames.length }
}

function originOf(location: SourceLocation | undefined): Frame['origin'] {
  if (location === undefined || location.file.startsWith('node:')) return 'node'
  return isLibrary(location.file) ? 'library' : 'application'
}

/**
 * How many of the outermost frames of a stack are also in the stack of the error in front of it: one was mostly thrown below the same calls. Both
 * may end before their outermost call, as Node keeps so many.
 */
export function commonFrames(frames: readonly Frame[], outer: readonly Frame[]): number {
  for (let i = 0; i < frames.length; i++) {
    const start = outer.findIndex((frame) => same(frame, frames[i]))
    if (start === -1) continue
    const shared = Math.min(frames.length - i, outer.length - start)
    if (outer.slice(start, start + shared).every((frame, k) => same(frame, frames[i + k]))) {
      return frames.length - i
    }
  }
  return 0
}

function same(a: Frame | undefined, b: Frame | undefined): boolean {
  return (
    a?.call === b?.call &&
    a?.location?.file === b?.location?.file &&
    a?.location?.line === b?.location?.line &&
    a?.location?.column === b?.location?.column
  )
}
