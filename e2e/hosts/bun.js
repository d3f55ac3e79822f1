import { fetchHandler } from '@stapel/core/fetch'
import { app } from './app.js'

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: fetchHandler(app, { peer: (request, bun) => bun.requestIP(request) }),
})
console.log(`listens at http://127.0.0.1:${server.port}`)
