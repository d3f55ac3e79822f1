import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { layers } from '../scenarios.js'

export function create(scenario) {
  const app = new Hono()
  if (scenario === 'stack') {
    for (const [name, value] of layers) {
      app.use(async (c, next) => {
        await next()
        c.header(name, value)
      })
    }
  }
  app.get('/', (c) => c.text('Hello, World!'))
  app.get('/users/:id', (c) => c.json({ id: c.req.param('id') }))
  app.post('/echo', async (c) => c.json(await c.req.json()))
  return {
    listen: (done) =>
      void serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => done(port)),
  }
}
