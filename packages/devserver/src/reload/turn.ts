import type { Failure } from '../failure/failure.ts'
import type { Upstream } from './proxy.ts'

/** A process that answers requests. */
export interface Answering extends Upstream {
  /** A request was passed on; the result is to be called, once, when its answer is complete. */
  begin(): () => void
  /** Settles when the process has ended. */
  readonly ended: Promise<Failure>
}

/** Who answers a request: a process, the page about a failure, or nobody for now. */
export type Turn =
  /** `outdated` where the application is being started again, and takes long. */
  | { readonly by: 'worker'; readonly worker: Answering; readonly outdated?: boolean }
  | { readonly by: 'failure'; readonly failure: Failure }
  | { readonly by: 'nobody'; readonly reason: string }
