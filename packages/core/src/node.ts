export { type NodeHandler, type NodeHandlerOptions, nodeHandler } from './gateway/node-handler.ts'
export { attach, type RunningServer, type ServeOptions, serve } from './gateway/serve.ts'
