import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { SOCKET_HIGH_WATER_MARK, type Written, WrittenSocket } from './written-socket.ts'

/** Keeps what it gets until the test takes it. */
class Held extends WrittenSocket {
  readonly batches: string[][] = []
  readonly destroyedWith: (Error | null)[] = []
  #taken: (() => void)[] = []

  takeNext(): void {
    this.#taken.shift()?.()
  }

  protected override take(batch: readonly Written[], taken: () => void): void {
    this.batches.push(batch.map(({ chunk }) => String(chunk)))
    this.#taken.push(taken)
  }

  protected override left(error: Error | null): void {
    this.destroyedWith.push(error)
  }
}

/** Takes everything at once, while it is written. */
class Eager extends Held {
  protected override take(batch: readonly Written[], taken: () => void): void {
    super.take(batch, taken)
    this.takeNext()
  }
}

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

describe('what is written', () => {
  test('is handed over, and what comes meanwhile in one batch after it', () => {
    const socket = new Held()
    for (const chunk of ['a', 'b', 'c']) socket.write(chunk)
    expect(socket.batches).toEqual([['a']])
    socket.takeNext()
    expect(socket.batches).toEqual([['a'], ['b', 'c']])
  })

  test('waits while the socket is corked', () => {
    const socket = new Held()
    socket.cork()
    socket.cork()
    socket.write('a')
    socket.write('b')
    socket.uncork()
    expect(socket.batches).toEqual([])
    expect(socket.writableCorked).toBe(1)
    socket.uncork()
    expect(socket.batches).toEqual([['a', 'b']])
    socket.uncork()
    expect(socket.writableCorked).toBe(0)
  })

  test('goes out when its corks are taken off at once, as the response of Node does at its end', () => {
    const socket = new Held()
    for (let i = 0; i < 3; i++) socket.cork()
    socket.write('a')
    socket._writableState.corked = 1
    socket.uncork()
    expect(socket.batches).toEqual([['a']])
  })

  test('calls back when it was taken, in its order', () => {
    const socket = new Held()
    const told: string[] = []
    socket.write('a', 'utf8', () => told.push('a'))
    socket.write('b', () => told.push('b'))
    expect(told).toEqual([])
    socket.takeNext()
    expect(told).toEqual(['a'])
    socket.takeNext()
    expect(told).toEqual(['a', 'b'])
  })

  test('taken during the write calls back after it, and holds nothing up', async () => {
    const socket = new Eager()
    const told: string[] = []
    socket.write('a', () => told.push('a'))
    socket.write('b', () => told.push('b'))
    expect(socket.batches).toEqual([['a'], ['b']])
    expect(told).toEqual([])
    await tick()
    expect(told).toEqual(['a', 'b'])
  })

  test('keeps its encoding', () => {
    const encodings: string[] = []
    class Encodings extends Held {
      protected override take(batch: readonly Written[]): void {
        encodings.push(...batch.map(({ encoding }) => encoding))
      }
    }
    const socket = new Encodings()
    socket.cork()
    socket.write('é', 'latin1')
    socket.write('é')
    socket.write(new Uint8Array(1), null)
    socket.uncork()
    expect(encodings).toEqual(['latin1', 'utf8', 'utf8'])
  })

  test('must be a string or bytes', () => {
    expect(() => new Held().write(7 as never)).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
    )
  })
})

describe('back pressure', () => {
  test('begins at the high-water mark and ends with drain when all was taken', () => {
    const socket = new Held()
    let drains = 0
    socket.on('drain', () => drains++)
    expect(socket.write('x'.repeat(SOCKET_HIGH_WATER_MARK - 1))).toBe(true)
    expect(socket.write('x')).toBe(false)
    expect(socket.writableNeedDrain).toBe(true)
    expect(socket.writableLength).toBe(SOCKET_HIGH_WATER_MARK)
    socket.takeNext()
    expect(drains).toBe(0)
    socket.takeNext()
    expect(drains).toBe(1)
    expect(socket.writableNeedDrain).toBe(false)
    expect(socket.writableLength).toBe(0)
  })

  test('is not told after the end', () => {
    const socket = new Held()
    let drains = 0
    socket.on('drain', () => drains++)
    socket.write('x'.repeat(SOCKET_HIGH_WATER_MARK))
    socket.end()
    socket.takeNext()
    expect(drains).toBe(0)
  })
})

describe('the end', () => {
  test('waits for what was written, then finishes and closes', async () => {
    const socket = new Held()
    const events: string[] = []
    for (const event of ['finish', 'close']) socket.on(event, () => events.push(event))
    socket.end('last', 'utf8', () => events.push('called back'))
    expect(socket.writableEnded).toBe(true)
    expect(socket.destroyed).toBe(false)
    socket.takeNext()
    expect([socket.writableFinished, socket.destroyed]).toEqual([true, false])
    await once(socket, 'close')
    expect(events).toEqual(['finish', 'called back', 'close'])
    expect(socket.destroyedWith).toEqual([null])
  })

  test('leaves a socket alone that was destroyed meanwhile', async () => {
    const socket = new Held()
    let finishes = 0
    socket.on('finish', () => finishes++)
    socket.end().destroy()
    await once(socket, 'close')
    expect(finishes).toBe(0)
  })

  test('takes its callback in place of the chunk or the encoding', async () => {
    const first = new Held()
    const second = new Held()
    const finished = Promise.all([
      new Promise<void>((resolve) => first.end(() => resolve())),
      new Promise<void>((resolve) => second.end('x', () => resolve())),
    ])
    second.takeNext()
    await finished
    expect(second.batches).toEqual([['x']])
  })

  test('takes the corks off', () => {
    const socket = new Held()
    socket.cork()
    socket.end('x')
    expect(socket.batches).toEqual([['x']])
  })

  test('refuses what is written after it', async () => {
    const socket = new Held()
    socket.write('x')
    socket.destroySoon()
    const error = await new Promise((resolve) => expect(socket.write('late', resolve)).toBe(false))
    expect(error).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' })
    expect(socket.batches).toEqual([['x']])
  })
})

describe('a destroyed socket', () => {
  test('tells whose chunks were not taken, and closes once', async () => {
    const socket = new Held()
    const codes: unknown[] = []
    const note = (error?: Error | null): void => void codes.push((error as NodeJS.ErrnoException).code)
    const closed: boolean[] = []
    socket.on('close', (hadError) => closed.push(hadError))
    socket.write('given', note)
    socket.write('waiting', note)
    socket.destroy().destroy(new Error('again'))
    expect([socket.destroyed, socket.writable, socket.closed]).toEqual([true, false, false])
    await once(socket, 'close')
    expect(codes).toEqual(['ERR_STREAM_DESTROYED', 'ERR_STREAM_DESTROYED'])
    expect([closed, socket.closed]).toEqual([[false], true])
    expect(socket.destroyedWith).toEqual([null])
  })

  test('gives its error to who listens', async () => {
    const socket = new Held()
    const error = new Error('gone')
    const heard: unknown[] = []
    socket.on('error', (reason) => heard.push(reason))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.destroy(error)
    expect(await closed).toBe(true)
    expect(heard).toEqual([error])
    expect(socket.errored).toBe(error)
  })

  test('does not end the process with an error that nobody listens to', async () => {
    const socket = new Held()
    socket.destroy(new Error('gone'))
    await once(socket, 'close')
    expect(socket.errored).toBeInstanceOf(Error)
  })

  test('hands nothing over any more', async () => {
    const socket = new Held()
    socket.write('a')
    socket.write('b')
    socket.destroy()
    socket.takeNext()
    const error = await new Promise((resolve) => socket.write('c', resolve))
    expect(error).toMatchObject({ code: 'ERR_STREAM_DESTROYED' })
    expect(socket.batches).toEqual([['a']])
  })
})
