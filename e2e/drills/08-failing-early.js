import { NotFound } from '@stapel/core'
import { byPath } from './support/applications.js'
import { get, inParallel, keepAlive, percentile } from './support/client.js'

export const title =
  'an application that throws before its first chunk is answered 500 on a connection that stays usable'

const failures = {
  '/sync': () => {
    throw new Error('sync')
  },
  '/async': async () => {
    throw new Error('async')
  },
  '/null': async () => {
    throw null
  },
  '/string': () => {
    throw 'a string'
  },
  '/bad-status': () => {
    throw Object.assign(new Error('bad'), { status: 'no status', statusCode: -1 })
  },
  '/handler': () => {
    throw Object.assign(new NotFound(), {
      respond() {
        throw new Error('the answer of an error fails')
      },
    })
  },
}

export function application() {
  return byPath(failures)
}

export async function run({ target, short, check, clock }) {
  const each = short ? 50 : 1_000
  const agent = keepAlive(10)
  const times = []
  for (const path of Object.keys(failures)) {
    const answers = await inParallel(each, 10, () => get(target, path, { agent }))
    const right = answers.filter(
      ({ status, body }) => status === 500 && body === 'Internal Server Error\n',
    ).length
    check(`${path}: answered 500 without details, of ${each}`, right === each, right)
    times.push(...answers.map(({ milliseconds }) => milliseconds))
  }
  agent.destroy()
  clock('99th percentile', percentile(times, 0.99), 50)
  const { log } = await target.ask('state')
  check('failures that were logged', log >= each * 6, log)
}
