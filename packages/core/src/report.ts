import type { Environ } from './protocol.ts'

/**
 * A function that writes a failure nobody can answer any more to `wsgi.errors`, in one piece and never throwing. In development, where the trace
 * of the request has a `failed` that shows it, it is not written.
 */
export function reportTo(
  environ: Pick<Environ, 'wsgi.errors'> & Partial<Pick<Environ, 'stapel.context'>>,
): (error: unknown) => void {
  return (error) => {
    try {
      if (environ['stapel.context']?.trace?.failed?.(error) === true) return
      environ['wsgi.errors'].write(`${formatError(error)}\n`)
    } catch {
      // The log itself failed: nothing is left to tell it to.
    }
  }
}

/** An error for the log: its stack and those of its causes; any thrown value gives a text. */
export function formatError(error: unknown): string {
  const lines: string[] = []
  const seen = new Set<unknown>()
  let current = error
  while (current !== undefined && !seen.has(current) && seen.size < 16) {
    seen.add(current)
    lines.push(`${lines.length === 0 ? '' : 'Caused by: '}${describeError(current)}`)
    current = causeOf(current)
  }
  return lines.join('\n') || 'undefined was thrown'
}

function describeError(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack ?? error) : `${String(error)} was thrown`
  } catch {
    return 'a value that cannot be shown was thrown'
  }
}

function causeOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.cause : undefined
  } catch {
    return undefined
  }
}
