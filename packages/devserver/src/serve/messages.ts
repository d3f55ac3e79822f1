import type { AccessLogFormat } from '../command/settings.ts'
import type { Failure } from '../failure/failure.ts'
import type { LoadSettings } from '../reload/messages.ts'

/** What the parent tells a worker. */
export type ToWorker =
  /** A connection comes with it. */
  | { readonly stapel: 'connection'; readonly id: number }
  | { readonly stapel: 'start'; readonly settings: WorkerSettings }
  /** Answer what is in flight, and end. A later one can only make the end sooner. */
  | { readonly stapel: 'drain'; readonly timeout: number; readonly idleTimeout: number }

/** What a worker tells the parent; an application may send messages of its own, which are not these. */
export type ToParent =
  | { readonly stapel: 'ready' }
  /** The connection of this number is the worker's. */
  | { readonly stapel: 'taken'; readonly id: number }
  | { readonly stapel: 'failed'; readonly failure: Failure }
  /** It has answered as many requests as it should. */
  | { readonly stapel: 'worn' }

/** What a worker has to know. */
export interface WorkerSettings {
  /** From 1 to the number of workers. */
  readonly worker: number
  readonly workers: number
  readonly load: LoadSettings
  /** The files of the certificate and its key. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** Milliseconds. */
  readonly keepAliveTimeout: number
  /** 0 for no end. */
  readonly maxRequests: number
  readonly accessLog: AccessLogFormat
  readonly healthz: string | undefined
  /** The path of the settings file, where it has hooks for workers. */
  readonly settingsFile: string | undefined
}
