export { CommandError } from './command/command-error.ts'
export type { Hooks, StapelSettings, WorkerInfo } from './command/settings-file.ts'
export type { FailedLayer, FailedRequest } from './failure/failed-request.ts'
export type { BehindError, DescribedError, ExcerptLine, Failure, Frame } from './failure/failure.ts'
export type { SourceLocation } from './failure/source-location.ts'
export {
  type DevServer,
  type DevServerEvents,
  type DevServerOptions,
  startDevServer,
} from './reload/dev-server.ts'
export type { LoadSettings } from './reload/messages.ts'
export type { Restart } from './reload/restarts.ts'
export type { RequestRecord } from './terminal/request-line.ts'
export type { ExchangeHeads, MessageHead } from './terminal/trace-lines.ts'
