import type { Environ } from '../protocol.ts'
import { reportTo } from '../report.ts'

/**
 * What the handler of a Worker gets after the bindings, on a gateway that is no fetch host. There the process goes on after an answer by itself, so that
 * nothing has to be kept alive.
 */
export class WorkerContext {
  /** What a Worker is configured with; nothing. */
  readonly props: Readonly<Record<string, never>> = NONE
  readonly #environ: Environ

  constructor(environ: Environ) {
    this.#environ = environ
  }

  /** Takes work that goes on after the answer; a rejection is written to `wsgi.errors`, where it would otherwise end the process. */
  waitUntil(work: unknown): void {
    void Promise.resolve(work).catch(reportTo(this.#environ))
  }

  /** Does nothing: there is no origin behind the application that could answer in its place. */
  passThroughOnException(): void {}
}

const NONE: Readonly<Record<string, never>> = Object.freeze({})
