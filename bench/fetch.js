/**
 * Compares fetch handling without sockets: `node fetch.js [rounds]`.
 *
 * Each peer is asked with `new Request(…)`. Its answer's body is read where the name says so, as a server reads it, and otherwise left, so that what
 * the peer itself does weighs the most. Every round runs all peers in turn, in one process; the fastest round of each is printed as requests a
 * second of processor time, which other work on the machine disturbs less, and as the ratio to hono.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { fetchHandler } from '@stapel/core/fetch'
import { Router } from '@stapel/routing'
import { H3 } from 'h3'
import { Hono } from 'hono'
import { scenarios as requests } from './scenarios.js'

const rounds = Number(process.argv[2] ?? 9)
const perRound = 20_000

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
  const best = new Map(Object.keys(peers).map((peer) => [peer, 0]))
  for (let round = 0; round <= rounds; round++) {
    for (const [peer, fetch] of Object.entries(peers)) {
      const perSecond = await measure(fetch, read, url, init)
      // The first round warms up.
      if (round > 0) best.set(peer, Math.max(best.get(peer), perSecond))
    }
  }
  console.log(`\n${name}, Node ${process.version}`)
  for (const [peer, perSecond] of best) {
    const ratio = (perSecond / best.get('hono')).toFixed(2)
    console.log(`${peer.padEnd(18)} ${Math.round(perSecond).toLocaleString('en').padStart(9)} /s  ${ratio}`)
  }
}

async function measure(fetch, read, url, init) {
  const check = await fetch(new Request(url, init))
  if (check.status !== 200 || (await check.text()).length === 0) throw new Error('A peer answers wrongly.')
  let microseconds = 0
  for (let done = 0; done < perRound; done += 500) {
    const started = process.cpuUsage()
    for (let i = 0; i < 500; i++) {
      const answer = await fetch(new Request(url, init))
      if (read) await readToEnd(answer.body)
    }
    const { user, system } = process.cpuUsage(started)
    microseconds += user + system
    // Lets finalizers run, of which Node has one for each Response.
    await turn()
  }
  return perRound / (microseconds / 1e6)
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
