/** What to do where the memory of a process is full. */
export const MEMORY_ADVICE: string =
  'Node ends so when its memory is full, which it says above where it is so. The cause is what keeps growing; NODE_OPTIONS=--max-old-space-size=4096 gives it 4 GB.'

/** What to do where a process ended without a word: its exit code and its signal tell why. */
export function adviceForEnd(code: number | null, signal: NodeJS.Signals | null): string[] {
  if (signal === 'SIGABRT' || code === 134) return [MEMORY_ADVICE]
  if (signal === 'SIGKILL' || code === 137) {
    return ['The system ends a process so when it has no memory left, or else somebody did.']
  }
  return []
}
