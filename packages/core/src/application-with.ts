import type { Body, Environ, StartResponse } from './protocol.ts'

/**
 * An application that expects parameters of type `P` from a router. Every application is one, and it is an application. The key `~params`
 * never exists: it carries the type from a router's pattern to the application, and so to `request.params`.
 */
export type ApplicationWith<P> = (
  environ: Environ & { readonly '~params'?: P },
  startResponse: StartResponse,
) => Body | Promise<Body>
