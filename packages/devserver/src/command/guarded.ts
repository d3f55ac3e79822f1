import type { ProbeResult } from '../check/check-application.ts'

/** What a guarded command tells the process that guards it; an application may send messages of its own, which are not these. */
export type ToGuard =
  /** The application is loaded, and the command ends, or says so again, within so many milliseconds. */
  | { readonly stapel: 'within'; readonly ms: number }
  /** This is asked now. */
  | { readonly stapel: 'probing'; readonly name: string }
  | { readonly stapel: 'probed'; readonly result: ProbeResult }

/** What a command can tell that runs in a guarded process. */
export interface Guarded {
  /** Resolves when it is told. */
  tell(message: ToGuard): Promise<void>
}
