import type { Application, Body, Environ, StartResponse } from './protocol.ts'

/** How a stack calls each of its layers, once anything is traced: where nothing is, a request costs no look for a trace. */
export const tracing: { call: TracedCall | undefined } = { call: undefined }

/** Calls `call`, which is `layer` or what checks it, and notes it under the name of `layer`. */
export type TracedCall = (
  layer: Application,
  call: Application,
  environ: Environ,
  startResponse: StartResponse,
) => Body | Promise<Body>
