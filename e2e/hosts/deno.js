import { fetchHandler } from '@stapel/core/fetch'
import { app } from './app.js'

const peer = (_request, { remoteAddr }) => ({ address: remoteAddr.hostname, port: remoteAddr.port })
Deno.serve(
  {
    hostname: '127.0.0.1',
    port: 0,
    onListen: ({ port }) => console.log(`listens at http://127.0.0.1:${port}`),
  },
  fetchHandler(app, { peer }),
)
