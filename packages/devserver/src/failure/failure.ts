import type { DescribedError } from './describe-error.ts'
import type { FailedRequest } from './failed-request.ts'

export type { DescribedError } from './describe-error.ts'
export type { ExcerptLine } from './excerpt.ts'
export type { Frame } from './frames.ts'

/** What went wrong, as plain data within limits: it travels between processes as JSON, and is shown in the terminal and as a page. */
export interface Failure extends DescribedError {
  /** `'target'`: the command line names what is not there, which one sentence says; `'error'`: the application threw or ended. */
  readonly kind: 'target' | 'error'
  /** What was going on, in a sentence. */
  readonly happened?: string | undefined
  /** What to do about it, a sentence each. */
  readonly advice: readonly string[]
  /** The errors behind it: its cause, the cause of that, and those that an `AggregateError` holds; each before those behind itself. */
  readonly behind: readonly BehindError[]
  /** How the application is started again, in a sentence, where it is not by the next save alone. */
  readonly next?: string | undefined
  /** The request during which it happened. */
  readonly request?: FailedRequest | undefined
}

/** An error behind another one. */
export interface BehindError extends DescribedError {
  /** Whether it is the `cause` of the error before it, or one of the `errors` of it. */
  readonly relation: 'cause' | 'part'
  /** How far it is behind the error that was thrown; from 1. */
  readonly depth: number
}

/** A failure that one sentence explains. */
export function plainFailure(kind: Failure['kind'], title: string, advice: readonly string[] = []): Failure {
  return { kind, title, advice, excerpt: [], frames: [], hiddenFrames: 0, properties: [], behind: [] }
}
