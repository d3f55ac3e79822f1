import { stack } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import { layers } from '../scenarios.js'

const router = new Router()
  .get(
    '/',
    Request.application(() => new Response('Hello, World!')),
  )
  .get(
    '/users/:id',
    Request.application((request) => Response.json({ id: request.params.id })),
  )
  .post(
    '/echo',
    Request.application(async (request) => Response.json(await request.json())),
  )

const addHeader =
  ([name, value]) =>
  (app) =>
  (environ, startResponse) =>
    app(environ, (status, headers, error) => {
      headers.push([name, value])
      return startResponse(status, headers, error)
    })

export function create(scenario) {
  const app = scenario === 'stack' ? stack(router.app, ...layers.map(addHeader)) : router.app
  return { listen: (done) => serve(app, { port: 0 }).then(({ port, server }) => done(port, server)) }
}
