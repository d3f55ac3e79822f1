import { stack } from '@stapel/core'
import { compress, proxyFix, unavailable } from '@stapel/middleware'
import { Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import { get, inParallel, keepAlive } from './support/client.js'
import { mebibytes } from './support/run-drill.js'

export const title = 'a hundred thousand requests through a stack leave nothing in memory'

export function application() {
  const router = new Router()
    .get(
      '/',
      Request.application(() => new Response('ok')),
    )
    .get(
      '/users/:id',
      Request.application((request) => Response.json({ id: request.params.id, text: 'x'.repeat(2_000) })),
    )
  return stack(router.app, proxyFix({ for: 1 }), unavailable(), compress())
}

export async function run({ target, short, check }) {
  const agent = keepAlive(50)
  const send = (total) =>
    inParallel(total, 50, (index) =>
      get(target, index % 2 === 0 ? '/' : `/users/${index}`, {
        agent,
        headers: {
          'X-Forwarded-For': `192.0.2.${index % 256}`,
          'Accept-Encoding': index % 4 === 1 ? 'gzip' : 'identity',
        },
      }),
    )
  const first = short ? 2_000 : 20_000
  const rest = short ? 6_000 : 80_000
  await send(first)
  const before = await target.ask('sample')
  await send(rest)
  const after = await target.ask('sample')
  agent.destroy()
  const grown = after.heapUsed - before.heapUsed
  check(
    `heap after ${first + rest} against ${first} requests, at most 2 MiB more`,
    grown < 2_097_152,
    mebibytes(grown),
  )
  check('file handles', after.files <= before.files, `${after.files} of ${before.files}`)
  check('timers', after.timers <= before.timers + 1, `${after.timers} of ${before.timers}`)
}
