/**
 * Closes servers when the process is asked to end, for all servers of the process together.
 *
 * @module
 */
import type { Closer } from './close-server.ts'

/**
 * On SIGTERM or SIGINT closes a server, on the second signal cuts it at once. Returns what ends that; when nothing is left to be closed, the
 * signals have their ordinary meaning again, so that one more ends the process.
 *
 * The process is not ended here: it ends by itself when nothing else is open, and what else has to be released can be.
 */
export function closeOnSignals(closer: Closer): () => void {
  if (closers.size === 0) {
    signalled = false
    for (const signal of signals) process.on(signal, onSignal)
  }
  closers.add(closer)
  return () => {
    if (!closers.delete(closer) || closers.size > 0) return
    for (const signal of signals) process.off(signal, onSignal)
  }
}

const signals = ['SIGTERM', 'SIGINT'] as const
const closers = new Set<Closer>()
let signalled = false

function onSignal(): void {
  const cut = signalled
  signalled = true
  for (const closer of [...closers]) void (cut ? closer.cut() : closer.close())
}
