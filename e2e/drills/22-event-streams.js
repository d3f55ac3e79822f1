import { EventEmitter, on } from 'node:events'
import { request } from 'node:http'
import { createGunzip } from 'node:zlib'
import { stack } from '@stapel/core'
import { compress } from '@stapel/middleware'
import { eventStream } from '@stapel/wrappers'
import { byPath } from './support/applications.js'
import { inParallel, percentile } from './support/client.js'
import { pause } from './support/target.js'

export const title = 'streams of events arrive at once, also compressed, and end with their clients'

export function application(state) {
  const emitter = new EventEmitter().setMaxListeners(0)
  setInterval(() => emitter.emit('tick', String(Date.now())), 1_000)
  Object.defineProperty(state, 'listening', { enumerable: true, get: () => emitter.listenerCount('tick') })
  const ticks = eventStream(
    async function* ({ signal }) {
      try {
        for await (const [tick] of on(emitter, 'tick', { signal })) yield { event: 'tick', data: tick }
      } finally {
        state.ended = (state.ended ?? 0) + 1
      }
    },
    { heartbeat: 300 },
  )
  return stack(byPath({ '/ticks': ticks }), compress())
}

export async function run({ target, short, check, clock }) {
  const count = short ? 40 : 200
  const before = await target.ask('sample')
  for (const [round, coding] of ['identity', 'gzip'].entries()) {
    const clients = await inParallel(count, 20, () => listen(target, coding))
    await pause(short ? 2_500 : 30_000)
    const delays = clients.flatMap((client) => client.delays)
    const wanted = count * (short ? 1 : 28)
    check(`events received, of at least ${wanted} (${coding})`, delays.length >= wanted, delays.length)
    const p99 = percentile(delays, 0.99)
    const median = percentile(delays, 0.5)
    // One that is held back arrives with the next, a second later.
    check(`events that are not held back (${coding})`, median < 1_000, `${median} ms`)
    clock(`99th percentile of the delay of an event (${coding})`, p99, 500)
    check(
      `heartbeats (${coding})`,
      clients.every(({ beats }) => beats > 0),
      clients[0].beats,
    )
    for (const client of clients) client.leave()
    const total = (round + 1) * count
    const { answer, took } = await target.until('state', ({ ended }) => ended === total, 5_000)
    check(
      `sources ended, of ${total} (${coding})`,
      answer.ended === total,
      `${answer.ended} in ${took.toFixed(0)} ms`,
    )
    check(`listeners left (${coding})`, answer.listening === 0, answer.listening)
    check(`lines in the log (${coding})`, answer.log === 0, answer.log)
  }
  const { answer: after } = await target.until('sample', ({ timers }) => timers <= before.timers, 5_000)
  check('timers back to the start', after.timers <= before.timers, `${after.timers} of ${before.timers}`)
}

/** A client that notes how long each event was under way. */
function listen(target, coding) {
  return new Promise((resolve, reject) => {
    const headers = { 'Accept-Encoding': coding }
    const req = request(`${target.url}/ticks`, { agent: false, headers }, (res) => {
      const client = { delays: [], beats: 0, leave: () => req.destroy() }
      const gzip = res.headers['content-encoding'] === 'gzip'
      if (gzip !== (coding === 'gzip'))
        reject(new Error(`Got the coding ${res.headers['content-encoding']}.`))
      const text = gzip ? res.pipe(createGunzip()) : res
      res.on('error', () => {})
      let rest = ''
      text.on('error', () => {})
      text.on('data', (chunk) => {
        const events = (rest + chunk).split('\n\n')
        rest = events.pop()
        for (const event of events) {
          const tick = /^event: tick\ndata: (\d+)$/.exec(event)
          if (tick !== null) client.delays.push(Date.now() - Number(tick[1]))
          else if (event === ':') client.beats++
        }
      })
      resolve(client)
    })
    req.on('error', reject)
    req.end()
  })
}
