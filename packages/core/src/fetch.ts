export {
  type FetchHandler,
  type FetchHandlerOptions,
  fetchHandler,
  type Peer,
} from './gateway/fetch-handler.ts'
