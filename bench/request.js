/**
 * Compares reading a request, without sockets: `node request.js [rounds]`.
 *
 * Each peer reads one value of the query, two headers and one cookie. It begins with what its host gives it: a message of `node:http` for those
 * that stand on it, which counts the making of environ for us, of `ctx` for Koa; for Hono a fetch `Request` that is there already, which is to
 * its advantage; for h3 the request of srvx over such a message. `stapel (environ)` begins with environ. Express and Fastify have no cookies of
 * their own and read them as cookie-parser and @fastify/cookie do, with the package `cookie`. Every round runs all peers in turn, in one process;
 * the fastest round of each is printed in nanoseconds, and as the ratio of speed to the fastest peer.
 */

import { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { Request } from '@stapel/wrappers'
import express from 'express'
import { getQuery, H3Event, getCookie as h3Cookie } from 'h3'
import { Context } from 'hono'
import { getCookie as honoCookie } from 'hono/cookie'
import Koa from 'koa'
import { importSource } from './source-module.js'

const { connectionOf, createEnviron, shapeFor } = await importSource('core/src/gateway/environ.ts')
const rounds = Number(process.argv[2] ?? 15)
const perRound = 2000

const fromExpress = createRequire(createRequire(import.meta.url).resolve('express'))
const fromH3 = createRequire(createRequire(import.meta.url).resolve('h3'))
const cookie = fromExpress('cookie')
const FastifyRequest = createRequire(import.meta.url)('fastify/lib/request.js')
const { NodeRequest } = await import(fromH3.resolve('srvx/node'))

const target = '/search?q=grace+hopper&page=2&sort=asc'
const fields = {
  Host: 'localhost:8000',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.5',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  Cookie: 'theme=dark; session=3f1d2c9a8b7e6f50; consent=yes',
  Connection: 'keep-alive',
}
const expected = `2${fields['User-Agent']}${fields['Accept-Language']}3f1d2c9a8b7e6f50`

const rawHeaders = Object.entries(fields).flat()
const socket = { localAddress: '127.0.0.1', localPort: 8000, remoteAddress: '127.0.0.1', remotePort: 50_000 }
const state = { owned: true, stallTimeout: 0, maxHeadersCount: 100, closing: false }
const errors = { write() {}, flush() {} }
const input = { async *[Symbol.asyncIterator]() {} }

function message() {
  const req = new IncomingMessage(socket)
  Object.assign(req, { method: 'GET', url: target, httpVersion: '1.1' })
  // As the parser does it: the object of headers is made when it is asked for.
  req._addHeaderLines(rawHeaders, rawHeaders.length)
  return req
}

function environOf(req) {
  const connection = connectionOf(req, errors, state)
  return createEnviron(req, connection, shapeFor(req, connection), input, {})
}

function readStapel(environ) {
  const request = new Request(environ)
  const { headers } = request
  return (
    request.args.get('page') +
    headers.get('user-agent') +
    headers.get('accept-language') +
    request.cookies.get('session')
  )
}

const expressApp = express()
const koaApp = new Koa()
const OwnFastifyRequest = FastifyRequest.buildRequest(FastifyRequest)
const parseQuery = createRequire(createRequire(import.meta.url).resolve('fastify'))('fast-querystring').parse

const peers = {
  stapel: { prepare: message, read: (req) => readStapel(environOf(req)) },
  'stapel (environ)': { prepare: () => environOf(message()), read: readStapel },
  express: {
    prepare: message,
    read(req) {
      Object.setPrototypeOf(req, expressApp.request)
      const cookies = cookie.parse(req.headers.cookie)
      return req.query.page + req.get('user-agent') + req.get('accept-language') + cookies.session
    },
  },
  koa: {
    prepare: () => {
      const req = message()
      return [req, new ServerResponse(req)]
    },
    read([req, res]) {
      const ctx = koaApp.createContext(req, res)
      return ctx.query.page + ctx.get('user-agent') + ctx.get('accept-language') + ctx.cookies.get('session')
    },
  },
  fastify: {
    prepare: message,
    read(req) {
      const mark = req.url.indexOf('?')
      const query = parseQuery(req.url.slice(mark + 1))
      const request = new OwnFastifyRequest('req-1', {}, req, query, undefined, {})
      const { headers } = request
      const cookies = cookie.parse(headers.cookie)
      return request.query.page + headers['user-agent'] + headers['accept-language'] + cookies.session
    },
  },
  hono: {
    prepare: fetchRequest,
    read(raw) {
      const c = new Context(raw)
      const session = honoCookie(c, 'session')
      return c.req.query('page') + c.req.header('user-agent') + c.req.header('accept-language') + session
    },
  },
  h3: {
    prepare: () => ({ req: message(), res: undefined }),
    read(pair) {
      const event = new H3Event(new NodeRequest(pair))
      const { headers } = event.req
      const session = h3Cookie(event, 'session')
      return getQuery(event).page + headers.get('user-agent') + headers.get('accept-language') + session
    },
  },
}

const best = new Map(Object.keys(peers).map((name) => [name, Number.POSITIVE_INFINITY]))
for (let round = 0; round < rounds; round++) {
  for (const [name, { prepare, read }] of Object.entries(peers)) {
    const prepared = Array.from({ length: perRound }, prepare)
    if (read(prepare()) !== expected) throw new Error(`${name} reads ${read(prepare())}.`)
    const started = process.hrtime.bigint()
    for (let i = 0; i < perRound; i++) read(prepared[i])
    const nanoseconds = Number(process.hrtime.bigint() - started) / perRound
    best.set(name, Math.min(best.get(name), nanoseconds))
  }
}

const others = [...best].filter(([name]) => !name.startsWith('stapel')).map(([, nanoseconds]) => nanoseconds)
console.log(`Node ${process.version}`)
for (const [name, nanoseconds] of [...best].sort((a, b) => a[1] - b[1])) {
  const ratio = (Math.min(...others) / nanoseconds).toFixed(2)
  console.log(`${name.padEnd(18)} ${nanoseconds.toFixed(0).padStart(6)} ns  ${ratio}`)
}

function fetchRequest() {
  const headers = Object.entries(fields).filter(([name]) => name !== 'Connection')
  return new globalThis.Request(`http://localhost:8000${target}`, { headers })
}
