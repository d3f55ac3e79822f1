/** The application that every host serves. It needs nothing but core, routing and middleware that loads anywhere. */
import { NotFound, stack } from '@stapel/core'
import { bodyLimit } from '@stapel/middleware/body-limit'
import { breaker } from '@stapel/middleware/breaker'
import { errorPages } from '@stapel/middleware/error-pages'
import { health } from '@stapel/middleware/health'
import { proxyFix } from '@stapel/middleware/proxy-fix'
import { timeout } from '@stapel/middleware/timeout'
import { trustedHosts } from '@stapel/middleware/trusted-hosts'
import { unavailable } from '@stapel/middleware/unavailable'
import { Router } from '@stapel/routing'
import { layered } from './layers.js'

const text = [['Content-Type', 'text/plain; charset=utf-8']]
let disposed = 0

const tell = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  const strings = Object.entries(environ).filter(([, value]) => typeof value === 'string')
  return JSON.stringify(Object.fromEntries(strings))
}

const echo = async function* (environ, startResponse) {
  startResponse('200 OK', [...text])
  for await (const chunk of environ['wsgi.input']) yield chunk
}

const guard = breaker()

const router = new Router()
  .get('/', (_environ, startResponse) => {
    startResponse('200 OK', [...text])
    return 'Hello, gr\u00fc\u00df dich'
  })
  .get('/list', (_environ, startResponse) => {
    startResponse('200 OK', [...text])
    return ['one ', new Uint8Array([0x74, 0x77, 0x6f]), ' three']
  })
  .add('/environ/*rest', tell)
  .get('/proxied', stack(tell, proxyFix({ host: 1 })))
  .get('/trusting', stack(tell, trustedHosts(['*.example.org', '[2001:db8::1]'])))
  .add(
    '/limited',
    stack(
      echo,
      errorPages({ statuses: { 413: true }, contact: 'the desk' }),
      guard,
      timeout(5000),
      bodyLimit(16),
    ),
    { methods: ['POST'] },
  )
  .get(
    '/slow',
    stack(() => new Promise(() => {}), timeout(20)),
  )
  .get(
    '/health',
    stack(
      tell,
      health('/health', {
        checks: { echo: guard, later: () => new Promise((resolve) => setTimeout(resolve, 20)) },
      }),
    ),
  )
  .mount('/layers', layered)
  .add('/echo', echo, { methods: ['POST', 'PUT'] })
  .add(
    '/read',
    async (environ, startResponse) => {
      const bytes = await environ['stapel.context'].read({ limit: 16 })
      startResponse('200 OK', [...text])
      return bytes
    },
    { methods: ['POST'] },
  )
  .add(
    '/unread',
    (_environ, startResponse) => {
      startResponse('200 OK', [...text])
      return 'not read'
    },
    { methods: ['POST'] },
  )
  .add(
    '/partly',
    async (environ, startResponse) => {
      for await (const _ of environ['wsgi.input']) break
      startResponse('200 OK', [...text])
      return 'partly read'
    },
    { methods: ['POST'] },
  )
  .get('/stream', async function* (_environ, startResponse) {
    startResponse('200 OK', [...text])
    for (const piece of ['one ', 'two ', 'three']) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      yield piece
    }
  })
  .get('/write', async (_environ, startResponse) => {
    const write = startResponse('200 OK', [...text])
    await write('')
    await write('one ')
    await write('two ')
    return 'three'
  })
  .get('/replaced', function* (_environ, startResponse) {
    startResponse('200 OK', [['X-Old', '1']])
    yield ''
    startResponse('418 Teapot', [...text], new Error('replaced'))
    yield 'short and stout'
  })
  .get('/redirect', (_environ, startResponse) => {
    startResponse('302 Found', [
      ['Location', '/next'],
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2; Path=/'],
    ])
    return ''
  })
  .get('/empty', (_environ, startResponse) => {
    startResponse('204 No Content', [['X-Kept', '1']])
    return ''
  })
  .get('/unchanged', (_environ, startResponse) => {
    startResponse('304 Not Modified', [['ETag', '"1"']])
    return 'not sent'
  })
  .get('/missing', () => {
    throw new NotFound('There is no such entry.')
  })
  .get('/fail', () => {
    throw new Error('secret')
  })
  .get('/fail/late', async function* (_environ, startResponse) {
    startResponse('200 OK', [...text])
    yield 'first'
    await new Promise((resolve) => setTimeout(resolve, 20))
    throw new Error('late')
  })
  .get('/short', async function* (_environ, startResponse) {
    startResponse('200 OK', [...text, ['Content-Length', '9']])
    yield 'abc'
  })
  .get('/sized', async function* (_environ, startResponse) {
    startResponse('200 OK', [...text, ['Content-Length', '6']])
    yield 'abc'
    yield 'def'
  })
  .get('/endless', async function* (_environ, startResponse) {
    startResponse('200 OK', [...text])
    try {
      for (;;) {
        yield 'x'.repeat(1024)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    } finally {
      disposed++
    }
  })
  .get('/disposed', (_environ, startResponse) => {
    startResponse('200 OK', [...text])
    return String(disposed)
  })

export const app = stack(
  router.app,
  (inner) => (environ, startResponse) =>
    inner(environ, (status, headers, error) =>
      startResponse(status, [...headers, ['X-Layer', 'outer']], error),
    ),
  unavailable({ contact: 'webmaster@example.org' }),
)
