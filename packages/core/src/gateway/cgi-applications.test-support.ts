import { NotFound } from '../http-errors.ts'
import type { Application } from '../protocol.ts'

const text: [string, string][] = [['Content-Type', 'text/plain']]

/** What the tests run as scripts, by name. */
export const applications: ReadonlyMap<string, Application> = new Map<string, Application>([
  [
    'environ',
    (environ, startResponse) => {
      const { 'wsgi.input': _input, 'wsgi.errors': _errors, 'stapel.context': _context, ...rest } = environ
      startResponse('200 OK', [['Content-Type', 'application/json']])
      return JSON.stringify({ ...rest, processProxy: process.env.HTTP_PROXY ?? null })
    },
  ],
  [
    'echo',
    async function* (environ, startResponse) {
      startResponse('201 Made', text)
      for await (const chunk of environ['wsgi.input']) yield chunk
    },
  ],
  [
    'read',
    async (environ, startResponse) => {
      const bytes = await environ['stapel.context'].read({ limit: 10 })
      startResponse('200 OK', text)
      return bytes
    },
  ],
  [
    'cookies',
    (_environ, startResponse) => {
      startResponse('302 Found', [
        ['Location', '/next'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=caf\u00e9'],
      ])
      return ['gr', '\u00fc\u00df']
    },
  ],
  [
    'write',
    async (_environ, startResponse) => {
      const write = startResponse('200 OK', text)
      await write('')
      await write('a')
      return 'b'
    },
  ],
  [
    'empty',
    (_environ, startResponse) => {
      startResponse('204 No Content', [['Content-Length', '0']])
      return 'never sent'
    },
  ],
  [
    'missing',
    () => {
      throw new NotFound('There is no entry 42.')
    },
  ],
  [
    'fails',
    (_environ, startResponse) => {
      startResponse('200 OK', text)
      throw new Error('secret')
    },
  ],
  [
    'fails late',
    function* (_environ, startResponse) {
      startResponse('200 OK', text)
      yield 'first'
      throw new Error('late')
    },
  ],
  [
    'short',
    (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '9']])
      return ['abc'].values()
    },
  ],
  [
    'long',
    (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '4']])
      return 'abcdef'
    },
  ],
  ['forgets startResponse', () => 'x'],
  [
    'stays open',
    (_environ, startResponse) => {
      setInterval(() => {}, 1000)
      startResponse('200 OK', text)
      return 'done'
    },
  ],
  [
    'endless',
    function* (environ, startResponse) {
      const { signal } = environ['stapel.context']
      startResponse('200 OK', text)
      try {
        for (;;) yield 'x'.repeat(65_536)
      } finally {
        environ['wsgi.errors'].write(`ended, aborted ${signal.aborted}\n`)
      }
    },
  ],
])
