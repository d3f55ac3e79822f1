import { H3, serve } from 'h3'
import { layers } from '../scenarios.js'

export function create(scenario) {
  const app = new H3()
  if (scenario === 'stack') {
    for (const [name, value] of layers) {
      app.use((event) => {
        event.res.headers.set(name, value)
      })
    }
  }
  app.get('/', (event) => {
    event.res.headers.set('content-type', 'text/plain; charset=utf-8')
    return 'Hello, World!'
  })
  app.get('/users/:id', (event) => ({ id: event.context.params.id }))
  app.post('/echo', async (event) => await event.req.json())
  return {
    listen: async (done) => {
      const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true })
      await server.ready()
      done(Number(new URL(server.url).port))
    },
  }
}
