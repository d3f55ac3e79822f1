import { Client } from '@stapel/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Application, Write } from './protocol.ts'
import { stack } from './stack.ts'
import { transform } from './transform.ts'
import { validate } from './validate.ts'

type Deed = { does: 'yield' | 'write' | 'await write' | 'wait'; text: string } | { does: 'fail' }

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      does: fc.constantFrom('yield', 'write', 'await write', 'wait'),
      text: fc.constantFrom('', 'a', 'bc', 'ü'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('fail' as const) }) },
)

const failure = new Error('half way')
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function synchronous(deeds: readonly Deed[]): Application {
  return function* (_environ, startResponse) {
    const write = startResponse('200 OK', [])
    for (const each of deeds) {
      if (each.does === 'fail') throw failure
      if (each.does === 'yield') yield each.text
      else if (each.does !== 'wait') void write(each.text)
    }
  }
}

function asynchronous(deeds: readonly Deed[]): Application {
  return async function* (_environ, startResponse) {
    const write = startResponse('200 OK', [])
    for (const each of deeds) {
      if (each.does === 'fail') throw failure
      if (each.does === 'yield') yield each.text
      else await perform(each, write)
    }
  }
}

function later(deeds: readonly Deed[]): Application {
  return async (_environ, startResponse) => {
    const write = startResponse('200 OK', [])
    const rest: string[] = []
    for (const each of deeds) {
      if (each.does === 'fail') throw failure
      if (each.does === 'yield') rest.push(each.text)
      else await perform(each, write)
    }
    return rest
  }
}

async function perform(each: { does: string; text: string }, write: Write): Promise<void> {
  if (each.does === 'wait') await turn()
  else if (each.does === 'await write') await write(each.text)
  else void write(each.text)
}

const same = transform((answer) => answer)

/** What a client sees: the text, or the failure. */
function seen(app: Application, method: string): Promise<unknown> {
  return new Client(app).request('/', { method }).then(
    (answer) => answer.text() + answer.errors,
    (error: unknown) => error,
  )
}

test.each([
  { kind: 'a generator', make: synchronous },
  { kind: 'an async generator', make: asynchronous },
  { kind: 'an async function', make: later },
])(
  'whatever $kind yields and writes, in whatever order, arrives in that order through any number of captures',
  async ({ make }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(deed, { maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        async (deeds, layers) => {
          const app = make(deeds)
          const captured = stack(app, ...Array.from({ length: layers }, () => [validate, same]).flat())
          expect(await seen(captured, 'GET')).toEqual(await seen(app, 'GET'))
        },
      ),
      { numRuns: 300 },
    )
  },
)

test.each([
  { kind: 'a generator', make: synchronous },
  { kind: 'an async generator', make: asynchronous },
  { kind: 'an async function', make: later },
])(
  '$kind that is answered in place of is given up without a complaint, whatever it does',
  async ({ make }) => {
    const replace = transform(() => {
      throw failure
    })
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 8 }), async (deeds) => {
        const app = stack(make(deeds), replace, validate, same, validate)
        expect(await seen(app, 'GET')).toBe(failure)
      }),
      { numRuns: 100 },
    )
  },
)
