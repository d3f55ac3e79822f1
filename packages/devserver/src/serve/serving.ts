import { type Application, stack } from '@stapel/core'
import { accessLog } from '@stapel/middleware/access-log'
import { health } from '@stapel/middleware/health'
import type { WorkerSettings } from './messages.ts'

/** What a worker can be asked while it serves. */
export interface WorkerState {
  /** Whether it takes no more connections. */
  draining: boolean
  /** Called when it has been given as many requests as it should, once. */
  onWorn(): void
}

/** The application as a worker serves it: with the access log and the health check that were asked for, and its requests counted. */
export function servedApplication(
  app: Application,
  { accessLog: format, healthz, maxRequests, workers }: ServedOptions,
  state: WorkerState,
): Application {
  const layers = [
    ...(format === 'off' ? [] : [accessLog(process.stdout, { format })]),
    ...(healthz === undefined
      ? []
      : [health(healthz, { cache: 0, checks: { accepting: () => !state.draining } })]),
  ]
  const layered = layers.length === 0 ? app : stack(app, ...layers)
  // Workers of one age would all be replaced in the same moment.
  let left = maxRequests === 0 ? Infinity : maxRequests + Math.floor(Math.random() * maxRequests * JITTER)
  const multiprocess = workers > 1
  return function served(environ, startResponse) {
    environ['wsgi.multiprocess'] = multiprocess
    if (--left === 0) state.onWorn()
    return layered(environ, startResponse)
  }
}

/** The most by which a worker's requests may be more than were asked for, as a part of them. */
export const JITTER = 0.1

export type ServedOptions = Pick<WorkerSettings, 'accessLog' | 'healthz' | 'maxRequests' | 'workers'>
