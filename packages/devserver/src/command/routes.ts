import { outline } from '@stapel/core'
import { formatFailure } from '../failure/failure-text.ts'
import { loadDirectly } from '../load/load-directly.ts'
import type { LoadSettings } from '../reload/messages.ts'
import { paletteFor } from '../terminal/terminal.ts'

/**
 * The layers of an application and the rules of its routers, as an indented text or as JSON. Loads the application and serves nothing.
 *
 * Rejects with a `CommandError` when it cannot be loaded; what it threw is on standard error before.
 */
export async function describeRoutes(load: LoadSettings, json: boolean): Promise<string> {
  const app = await loadDirectly(load, (failure) => {
    process.stderr.write(formatFailure(failure, paletteFor(process.stderr, process.env)))
  })
  return json ? JSON.stringify(outline(app), undefined, 2) : String(outline(app))
}
