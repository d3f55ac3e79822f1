import { stack } from '@stapel/core'
import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import { findUser } from './users.js'

const router = new Router()
  .get('/', () => 'unused', { name: 'home' })
  .get('/users/:id', Request.application(showUser), { name: 'user' })
  .get(
    '/several',
    Request.application(() => {
      const tasks = [() => JSON.parse('{'), () => new URL('nowhere'), () => findUser('eve')]
      throw new AggregateError(tasks.map(failureOf), 'Three tasks failed:\n\tall of them')
    }),
  )
  .get('/value', async () => {
    throw { status: 418, reason: 'no error', nested: { a: 1 } }
  })
  .get('/late', async function* (_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    yield 'begun'
    throw new Error('<b>too late</b>')
  })

async function showUser({ params }) {
  await Promise.resolve()
  return Response.json(findUser(params.id))
}

function failureOf(task) {
  try {
    return task()
  } catch (error) {
    return error
  }
}

function timed(inner) {
  return (environ, startResponse) => inner(environ, startResponse)
}

function session(inner) {
  return async (environ, startResponse) =>
    inner({ ...environ, 'app.session': 'secret-in-environ' }, startResponse)
}

export const app = stack(router.app, timed, session)
