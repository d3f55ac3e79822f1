import type { Application, Environ } from './protocol.ts'

/** What a stack calls before each of its layers, once anything is traced: where nothing is, a request costs no look for a trace. */
export const tracing: { note: ((environ: Environ, app: Application) => void) | undefined } = {
  note: undefined,
}
