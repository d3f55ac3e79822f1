/**
 * Compares fetch handling without sockets: `node fetch.js [turns] [scenario …]`.
 *
 * Each peer is asked with `new Request(…)`. Its answer's body is read where the name says so, as a server reads it, and otherwise left, so that what
 * the peer itself does weighs the most. The peers take turns of 2,000 requests in one process, to and fro, so that other work on the machine, which
 * makes processor time longer as well, meets all of them alike. Printed are the requests a second of processor time in the fastest turn of each,
 * and the median over all turns of its ratio to hono in the same turn.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fetchHandler } from '@stapel/core/fetch'
import { Router } from '@stapel/routing'
import { H3 } from 'h3'
import { Hono } from 'hono'
import { median } from './median.js'
import { scenarios as requests } from './scenarios.js'

const [count = '90', ...names] = process.argv.slice(2)
const turns = Number(count)
const perTurn = 2000
/** On Node 20 all is compiled after 10,000 requests. */
const warmUpTurns = 10

const peers = {
  stapel: fetchHandler(routed().app),
  hono: hono().fetch,
  h3: h3().fetch,
  'new Response': async () => new Response('Hello, World!'),
}

const scenarios = {
  text: { url: 'http://localhost/', init: undefined },
  params: { url: 'http://localhost/users/42', init: undefined },
  json: { url: 'http://localhost/json', init: undefined },
  browser: { url: 'http://localhost/', init: { headers: requests.browser.headers } },
  'text, read': { url: 'http://localhost/', init: undefined, read: true },
  'browser, read': { url: 'http://localhost/', init: { headers: requests.browser.headers }, read: true },
}

for (const [name, { url, init, read = false }] of Object.entries(scenarios)) {
  if (names.length > 0 && !names.includes(name)) continue
  const times = Object.entries(peers).map(([peer, fetch]) => ({ peer, fetch, microseconds: [] }))
  for (let turn = -warmUpTurns; turn < turns; turn++) {
    // A collection takes up what the peer before has left, so each has each neighbour before it.
    for (const { fetch, microseconds } of turn % 2 === 0 ? times : times.toReversed()) {
      const time = await measure(fetch, read, url, init)
      if (turn >= 0) microseconds.push(time)
    }
  }
  console.log(`\n${name}, Node ${process.version}`)
  const hono = times.find(({ peer }) => peer === 'hono').microseconds
  for (const { peer, microseconds } of times) {
    const perSecond = 1e6 / Math.min(...microseconds)
    const ratio = median(microseconds.map((time, turn) => hono[turn] / time))
    console.log(
      `${peer.padEnd(18)} ${Math.round(perSecond).toLocaleString('en').padStart(9)} /s  ${ratio.toFixed(2)}`,
    )
  }
}

/** Microseconds of the processor for a request, on average over a turn. */
async function measure(fetch, read, url, init) {
  const check = await fetch(new Request(url, init))
  if (check.status !== 200 || (await check.text()).length === 0) throw new Error('A peer answers wrongly.')
  let microseconds = 0
  for (let done = 0; done < perTurn; done += 500) {
    const started = process.cpuUsage()
    for (let i = 0; i < 500; i++) {
      const answer = await fetch(new Request(url, init))
      if (read) await readToEnd(answer.body)
    }
    const { user, system } = process.cpuUsage(started)
    microseconds += user + system
    // Lets finalizers run, of which Node has one for each Response.
    await nextTurn()
  }
  return microseconds / perTurn
}

async function readToEnd(body) {
  const reader = body.getReader()
  while (!(await reader.read()).done);
}

function routed() {
  return new Router()
    .get('/', (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
      return 'Hello, World!'
    })
    .get('/users/:id', (environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']])
      return environ['stapel.params'].id
    })
    .get('/json', (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'application/json']])
      return JSON.stringify({ hello: 'world' })
    })
}

function hono() {
  return new Hono()
    .get('/', (c) => c.text('Hello, World!'))
    .get('/users/:id', (c) => c.text(c.req.param('id')))
    .get('/json', (c) => c.json({ hello: 'world' }))
}

function h3() {
  const text = (event, body) => {
    event.res.headers.set('content-type', 'text/plain; charset=utf-8')
    return body
  }
  return new H3()
    .get('/', (event) => text(event, 'Hello, World!'))
    .get('/users/:id', (event) => text(event, event.context.params.id))
    .get('/json', () => ({ hello: 'world' }))
}
