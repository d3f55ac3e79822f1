import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import type { Application, Body, Closeable } from './protocol.ts'
import { validate } from './validate.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const words: Application = validate(
  function* words(_environ, startResponse) {
    startResponse('200 OK', [])
    yield 'one'
  },
  { gateway: true },
)

/** Calls the application and does with its body what is told; gives the log. */
function logOf(deed: (body: Body) => void): string[] {
  const lines: string[] = []
  const environ = createEnviron('/', {
    environ: { 'wsgi.errors': { write: (text) => void lines.push(text), flush() {} } },
  })
  deed(words(environ, () => () => {}) as Body)
  return lines
}

/** Runs the collector until a log has a line, or it had every chance to. */
async function afterCollection(lines: string[]): Promise<string> {
  for (let i = 0; i < 50 && lines.length === 0; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  return lines.join('')
}

test('4.2: a body that a gateway forgets is written to wsgi.errors once it is collected', async () => {
  const lines = logOf(() => {})
  expect(await afterCollection(lines)).toContain(
    'ProtocolError: the gateway: Forgot the body of words: its close() was never called. (protocol 4.2)',
  )
})

test('4.2: a body that is read and not closed was forgotten, too', async () => {
  const lines = logOf((body) => {
    for (const _ of body as Iterable<unknown>);
  })
  expect(await afterCollection(lines)).toContain('Forgot the body of words')
})

test('4.2: a body that was closed is collected in silence', async () => {
  const closed = logOf((body) => void (body as Closeable).close?.())
  // The one that is forgotten after it shows that the collector has been there.
  const forgotten = logOf(() => {})
  expect(await afterCollection(forgotten)).not.toBe('')
  expect(closed).toEqual([])
})
