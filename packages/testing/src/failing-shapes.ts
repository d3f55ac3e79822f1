import type { Application } from '@stapel/core'

/** An application that fails: `make` gives one that throws `error`, an Error unless told otherwise. */
export interface FailingShape {
  /** How it fails, for the title of a test. */
  readonly name: string
  /** Whether something was sent before it fails, so that no other answer can take its place. */
  readonly committed: boolean
  /** Whether it throws what `make` was given; the others throw what they are named after, which is no Error. */
  readonly given: boolean
  /** An application that fails so. */
  make(error?: unknown): Application
}

/** The ways in which an application can fail (clause 5). */
export const failingShapes: readonly FailingShape[] = [
  before('throws before startResponse', (error) => () => {
    throw error
  }),
  before('throws after startResponse', (error) => (_environ, startResponse) => {
    startResponse('200 OK', [['X-Replaced', 'yes']])
    throw error
  }),
  before('rejects before startResponse', (error) => async () => {
    await turn()
    throw error
  }),
  before('rejects after startResponse', (error) => async (_environ, startResponse) => {
    startResponse('200 OK', [['X-Replaced', 'yes']])
    await turn()
    throw error
  }),
  before(
    'throws at the first step of a generator',
    (error) =>
      // biome-ignore lint/correctness/useYield: it fails before its first chunk.
      function* () {
        throw error
      },
  ),
  before(
    'throws at the first step of an async generator',
    (error) =>
      // biome-ignore lint/correctness/useYield: it fails before its first chunk.
      async function* (_environ, startResponse) {
        startResponse('200 OK', [['X-Replaced', 'yes']])
        await turn()
        throw error
      },
  ),
  before(
    'throws after an empty chunk',
    (error) =>
      function* (_environ, startResponse) {
        startResponse('202 Accepted', [['X-Replaced', 'yes']])
        yield ''
        throw error
      },
  ),
  before('throws when its body is iterated', (error) => (_environ, startResponse) => {
    startResponse('200 OK', [['X-Replaced', 'yes']])
    return {
      [Symbol.iterator]() {
        throw error
      },
    }
  }),
  odd('throws a string', () => () => {
    throw 'a string'
  }),
  odd('throws null', () => () => {
    throw null
  }),
  odd('rejects with undefined', () => async () => {
    throw undefined
  }),
  after(
    'throws after the first chunk of a generator',
    (error) =>
      function* (_environ, startResponse) {
        startResponse('200 OK', [['X-Committed', 'yes']])
        yield 'first'
        throw error
      },
  ),
  after(
    'throws after the first chunk of an async generator',
    (error) =>
      async function* (_environ, startResponse) {
        startResponse('200 OK', [['X-Committed', 'yes']])
        yield 'first'
        await turn()
        throw error
      },
  ),
  after('throws after write()', (error) => (_environ, startResponse) => {
    void startResponse('200 OK', [['X-Committed', 'yes']])('first')
    throw error
  }),
  after('rejects after write()', (error) => async (_environ, startResponse) => {
    await startResponse('200 OK', [['X-Committed', 'yes']])('first')
    throw error
  }),
]

function before(name: string, make: (error: unknown) => Application): FailingShape {
  return {
    name,
    committed: false,
    given: true,
    make: (error = new Error('The application failed.')) => make(error),
  }
}

function after(name: string, make: (error: unknown) => Application): FailingShape {
  return {
    name,
    committed: true,
    given: true,
    make: (error = new Error('The application failed.')) => make(error),
  }
}

function odd(name: string, make: () => Application): FailingShape {
  return { name, committed: false, given: false, make }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
