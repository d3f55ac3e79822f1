/** Servers that answer every GET with the same JSON, compressed as the client asks. Each gives `listen(done)`, which calls `done(port)`. */
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import fastifyCompress from '@fastify/compress'
import { stack } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { compress, etag } from '@stapel/middleware'
import compression from 'compression'
import express from 'express'
import fastify from 'fastify'
import { content } from './content.js'

const json = 'application/json; charset=utf-8'

function onNode(handler) {
  return {
    listen(done) {
      const server = createServer(handler).listen(0, '127.0.0.1', () => done(server.address().port))
    },
  }
}

function onStapel(...layers) {
  const app = (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', json]])
    return content
  }
  return { listen: (done) => serve(stack(app, ...layers), { port: 0 }).then(({ port }) => done(port)) }
}

export const servers = {
  /** What a programmer writes by hand who knows that the client takes gzip. */
  bare: () =>
    onNode((_req, res) => {
      const encoded = gzipSync(content)
      res.writeHead(200, {
        'Content-Type': json,
        'Content-Encoding': 'gzip',
        Vary: 'Accept-Encoding',
        'Content-Length': encoded.length,
      })
      res.end(encoded)
    }),
  stapel: () => onStapel(compress()),
  'stapel-cache': () => onStapel(compress({ cache: {} }), etag()),
  express() {
    const app = express().set('etag', false).use(compression())
    app.get('/', (_req, res) => res.type('json').send(content))
    return onNode(app)
  },
  fastify: () => ({
    async listen(done) {
      const app = fastify()
      await app.register(fastifyCompress)
      app.get('/', (_request, reply) => reply.type(json).send(content))
      await app.listen({ port: 0, host: '127.0.0.1' })
      done(app.server.address().port)
    },
  }),
}
