export { FetchHost, type RemoteSocket } from './adapter/fetch-host.ts'
export {
  type FetchFunction,
  type FetchSource,
  type FromFetchOptions,
  fromFetch,
} from './adapter/from-fetch.ts'
export { WorkerContext } from './adapter/worker-context.ts'
export {
  type FetchHandler,
  type FetchHandlerOptions,
  fetchHandler,
  type Peer,
} from './gateway/fetch-handler.ts'
