/** The servers of files: each gives something with `listen(done)`, where `done` gets the port. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { serve } from '@stapel/core/node'
import { staticFiles } from '@stapel/middleware/static-files'
import fastify from 'fastify'
import { sizes } from './files.js'

const require = createRequire(import.meta.url)

export const servers = {
  stapel: (directory) => stapel(directory, {}),
  'stapel-no-cache': (directory) => stapel(directory, { cache: false }),
  /** What a programmer writes by hand, with the files in memory from the start and the same headers. */
  memory(directory) {
    const files = new Map()
    for (const { file } of Object.values(sizes)) files.set(`/${file}`, readFileSync(join(directory, file)))
    return listening((req, res) => {
      const content = files.get(req.url)
      if (content === undefined) return notFound(res)
      res.writeHead(200, {
        'Cache-Control': 'no-cache',
        'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT',
        ETag: '"400-60de24f8b2000"',
        'Accept-Ranges': 'bytes',
        'X-Content-Type-Options': 'nosniff',
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Length': content.length,
      })
      res.end(content)
    })
  },
  sirv: (directory) => sirv(directory, { etag: true }),
  'sirv-dev': (directory) => sirv(directory, { dev: true, etag: true }),
  'serve-static'(directory) {
    const handler = require('serve-static')(directory)
    return listening((req, res) => handler(req, res, () => notFound(res)))
  },
  'fastify-static'(directory) {
    const app = fastify()
    app.register(require('@fastify/static'), { root: directory })
    return {
      listen: (done) =>
        app.listen({ port: 0, host: '127.0.0.1' }).then(() => done(app.server.address().port)),
    }
  },
}

function stapel(directory, options) {
  const app = staticFiles(
    { '/': directory },
    options,
  )((_environ, startResponse) => {
    startResponse('404 Not Found', [])
    return ''
  })
  return {
    listen: (done) => serve(app, { port: 0 }).then((server) => done(Number(new URL(server.url).port))),
  }
}

function sirv(directory, options) {
  const handler = require('sirv')(directory, options)
  return listening((req, res) => handler(req, res, () => notFound(res)))
}

function listening(handler) {
  const server = createServer(handler)
  return { listen: (done) => server.listen(0, '127.0.0.1', () => done(server.address().port)) }
}

function notFound(res) {
  res.writeHead(404).end()
}
