import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { formatKeys, hasKeys, type KeyInput, listenForKeys, TYPED_LIMIT } from './keys.ts'

/** A terminal that notes its modes. */
class Terminal extends EventEmitter implements KeyInput {
  readonly modes: boolean[] = []
  paused = false
  setRawMode(raw: boolean): this {
    this.modes.push(raw)
    return this
  }
  setEncoding(): this {
    return this
  }
  resume(): this {
    this.paused = false
    return this
  }
  pause(): this {
    this.paused = true
    return this
  }
  press(text: string): void {
    this.emit('data', text)
  }
}

/** Listens to keys of a terminal, and notes what they did. */
function listening(): { terminal: Terminal; done: string[]; signals: string[]; end: () => void } {
  const terminal = new Terminal()
  const done: string[] = []
  const signals: string[] = []
  const end = listenForKeys(
    terminal,
    (key) => done.push(key),
    (signal) => signals.push(signal),
  )
  return { terminal, done, signals, end }
}

test('each key is told', () => {
  const { terminal, done, end } = listening()
  for (const key of ['r', '?', '\r']) terminal.press(key)
  expect(done).toEqual(['r', '?', '\r'])
  end()
})

test('keys that come at once are told one by one', () => {
  const { terminal, done, end } = listening()
  terminal.press('lr')
  expect(done).toEqual(['l', 'r'])
  end()
})

test('arrows, function keys and what is pasted do nothing', () => {
  const { terminal, done, end } = listening()
  for (const text of ['\x1b[A', '\x1bOP', '\x1b', 'q'.repeat(TYPED_LIMIT + 1)]) terminal.press(text)
  expect(done).toEqual([])
  end()
})

test('Ctrl+C and Ctrl+\\ are signals, also in the middle of other keys', () => {
  const { terminal, done, signals, end } = listening()
  terminal.press('\x03')
  terminal.press('abc\x03')
  terminal.press('\x1c')
  expect(signals).toEqual(['SIGINT', 'SIGINT', 'SIGQUIT'])
  expect(done).toEqual([])
  end()
})

test('Ctrl+Z leaves the terminal as it was, until the process goes on', () => {
  const { terminal, signals, end } = listening()
  terminal.press('\x1a')
  expect(signals).toEqual(['SIGTSTP'])
  expect(terminal.modes).toEqual([true, false])
  process.emit('SIGCONT')
  expect(terminal.modes).toEqual([true, false, true])
  end()
})

test('a process that ends, and puts the terminal back as it found it, takes no keys away', () => {
  const { terminal, end } = listening()
  process.emit('SIGCHLD')
  expect(terminal.modes).toEqual([true, false, true])
  terminal.press('\x1a')
  process.emit('SIGCHLD')
  expect(terminal.modes).toEqual([true, false, true, false])
  process.emit('SIGCONT')
  expect(terminal.modes).toEqual([true, false, true, false, true])
  end()
  process.emit('SIGCHLD')
  expect(terminal.modes.at(-1)).toBe(false)
})

test('at its end the terminal is as it was, and nothing listens', () => {
  const listeners = (): number[] =>
    ['exit', 'SIGHUP', 'SIGQUIT', 'SIGCONT'].map((name) => process.listenerCount(name))
  const before = listeners()
  const { terminal, done, end } = listening()
  expect(process.listenerCount('exit')).toBe((before[0] ?? 0) + 1)
  end()
  terminal.press('r')
  expect(done).toEqual([])
  expect(terminal.modes).toEqual([true, false])
  expect(terminal.paused).toBe(true)
  expect(listeners()).toEqual(before)
})

test('a terminal that is gone is no reason to fail', () => {
  const terminal = new Terminal()
  terminal.setRawMode = () => {
    throw new Error('EIO')
  }
  expect(() => listenForKeys(terminal, () => {})()).not.toThrow()
})

test('there are keys with a terminal on both ends alone', () => {
  const terminal = new Terminal()
  expect(hasKeys({ isTTY: false, setRawMode: terminal.setRawMode }, { isTTY: true })).toBe(false)
  expect(hasKeys({ isTTY: true, setRawMode: terminal.setRawMode }, {})).toBe(false)
  expect(hasKeys({ isTTY: true }, { isTTY: true })).toBe(false)
})

test('the help has a line for each', () => {
  expect(formatKeys([{ key: 'r', meaning: 'restart', run: () => {} }])).toEqual(['  r  restart'])
})
