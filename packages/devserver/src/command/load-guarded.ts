import type { Application } from '@stapel/core'
import { formatFailure } from '../failure/failure-text.ts'
import { loadDirectly } from '../load/load-directly.ts'
import type { LoadSettings } from '../reload/messages.ts'
import { paletteFor } from '../terminal/terminal.ts'

/** Loads an application for a command that is guarded: what it throws is shown, and that it takes long is said by the guard. */
export function loadGuarded(load: LoadSettings): Promise<Application> {
  return loadDirectly(
    load,
    (failure) => {
      process.stderr.write(formatFailure(failure, paletteFor(process.stderr, process.env)))
    },
    { slow: () => {} },
  )
}
