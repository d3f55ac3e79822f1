import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import { layers } from '../scenarios.js'

export function create(scenario) {
  const app = new Koa()
  if (scenario === 'stack') {
    for (const [name, value] of layers) {
      app.use((ctx, next) => {
        ctx.set(name, value)
        return next()
      })
    }
  }
  const router = new Router()
  router.get('/', (ctx) => {
    ctx.body = 'Hello, World!'
  })
  router.get('/users/:id', (ctx) => {
    ctx.body = { id: ctx.params.id }
  })
  router.post('/echo', bodyParser(), (ctx) => {
    ctx.body = ctx.request.body
  })
  return app.use(router.routes())
}
