import { readFileSync } from 'node:fs'

/** So many characters at once are keys; more are something pasted. */
export const TYPED_LIMIT = 4

/** What a key does. */
export interface Key {
  readonly key: string
  /** What it does, for the help: `'restart'`. */
  readonly meaning: string
  run(): void
}

/** A terminal that gives single keys. */
export interface KeyInput {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
  setEncoding(encoding: 'utf8'): unknown
  on(event: 'data', listener: (text: string) => void): unknown
  off(event: 'data', listener: (text: string) => void): unknown
  resume(): unknown
  pause(): unknown
  unref?(): unknown
}

/** Whether single keys can be listened to: with a terminal on both ends, in whose foreground this process is. */
export function hasKeys(
  input: { readonly isTTY?: boolean; setRawMode?: unknown },
  output: { readonly isTTY?: boolean },
): boolean {
  return input.isTTY === true && output.isTTY === true && input.setRawMode !== undefined && isForeground()
}

/**
 * Tells `press` of single keys; gives the end of that. The terminal is put back as it was with that end, and whenever the process ends: by itself, by an
 * error that nobody catches, or by a signal that it can see. After `SIGKILL`, or without memory, that is left to the shell.
 *
 * In this mode the terminal sends no signals: Ctrl+C, Ctrl+Z and Ctrl+\ are sent on from here.
 */
export function listenForKeys(
  input: KeyInput,
  press: (key: string) => void,
  signal: SendSignal = sendSignal,
): () => void {
  const raw = (on: boolean): void => {
    try {
      input.setRawMode?.(on)
    } catch {
      // The terminal is gone.
    }
  }
  const onData = (text: string): void => {
    if (text.includes('\x03')) signal('SIGINT')
    else if (text.includes('\x1c')) signal('SIGQUIT')
    else if (text.includes('\x1a')) suspend()
    // An arrow or a function key begins with an escape; more characters than fast fingers type are something pasted.
    else if (text.length <= TYPED_LIMIT && !text.includes('\x1b')) for (const key of text) press(key)
  }
  let suspended = false
  const suspend = (): void => {
    raw(false)
    suspended = true
    process.once('SIGCONT', resume)
    signal('SIGTSTP')
  }
  const resume = (): void => {
    suspended = false
    raw(true)
  }
  // A process of Node that ends puts the terminal back as it found it: the first one of the application, which starts before this mode, ends it.
  const again = (): void => {
    if (suspended) return
    // What Node takes to be set already it does not set.
    raw(false)
    raw(true)
  }
  const restore = (): void => raw(false)
  const end = (): void => {
    restore()
    input.off('data', onData)
    input.pause()
    process.off('exit', restore)
    process.off('SIGCONT', resume)
    process.off('SIGCHLD', again)
    for (const [name, listener] of ending) process.off(name, listener)
  }
  // Node does it before it ends by SIGINT or SIGTERM, and by none of the others.
  const ending = endingSignals.map((name) => {
    const listener = (): void => {
      restore()
      process.kill(process.pid, name)
    }
    process.once(name, listener)
    return [name, listener] as const
  })
  process.on('exit', restore)
  // Not there on Windows, which has no such modes.
  process.on('SIGCHLD', again)
  raw(true)
  input.setEncoding('utf8')
  input.on('data', onData)
  input.resume()
  // Listening is no reason to go on.
  input.unref?.()
  return end
}

/** The help of the keys, a line each. */
export function formatKeys(keys: readonly Key[]): string[] {
  return keys.map(({ key, meaning }) => `  ${key}  ${meaning}`)
}

/** Windows has neither. */
const endingSignals: readonly NodeJS.Signals[] = process.platform === 'win32' ? [] : ['SIGHUP', 'SIGQUIT']

/** Sends a signal as the terminal would. */
export type SendSignal = (signal: NodeJS.Signals) => void

const sendSignal: SendSignal = (signal) => {
  // Ctrl+C is for this process, which ends the others; the other two are for all processes of the terminal's foreground.
  process.kill(signal === 'SIGINT' ? process.pid : 0, signal)
}

/** A process in the background is stopped by the system as soon as it changes the terminal. */
function isForeground(): boolean {
  if (process.platform !== 'linux') return true
  try {
    // After the name, which may hold spaces: state, parent, process group, session, terminal, and the group in the foreground.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields[2] === fields[5]
  } catch {
    return true
  }
}
