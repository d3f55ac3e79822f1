import fastify from 'fastify'
import { layers } from '../scenarios.js'

export function create(scenario) {
  const app = fastify()
  if (scenario === 'stack') {
    for (const [name, value] of layers) {
      app.addHook('onRequest', (_request, reply, done) => {
        reply.header(name, value)
        done()
      })
    }
  }
  app.get('/', (_request, reply) => {
    reply.type('text/plain; charset=utf-8').send('Hello, World!')
  })
  app.get('/users/:id', (request, reply) => {
    reply.send({ id: request.params.id })
  })
  app.post('/echo', (request, reply) => {
    reply.send(request.body)
  })
  return {
    listen: (done) => app.listen({ port: 0, host: '127.0.0.1' }).then(() => done(app.server.address().port)),
  }
}
