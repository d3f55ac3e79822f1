import { type OutlineNode, outline } from '@stapel/core'
import { formatFailure } from '../failure/failure-text.ts'
import { loadDirectly } from '../load/load-directly.ts'
import { paletteFor } from '../terminal/terminal.ts'
import type { Invocation } from './commands.ts'
import { readTarget } from './load-settings.ts'
import { noticeExit } from './notice-exit.ts'
import { output, print } from './output.ts'

/**
 * `stapel routes <module>`: prints the layers of an application and the rules of its routers, as an indented text or as JSON. Loads the
 * application and serves nothing.
 */
export async function runRoutes(invocation: Invocation): Promise<number> {
  const load = readTarget(
    invocation,
    'Name the application whose routes to print, as in: stapel routes app.ts:app',
    { search: true },
  )
  const app = await noticeExit(load.text, 1, () =>
    loadDirectly(load, (failure) => {
      process.stderr.write(formatFailure(failure, paletteFor(process.stderr, process.env)))
    }),
  )
  const layers = outline(app)
  await print(`${invocation.settings.json ? JSON.stringify(layers, undefined, 2) : String(layers)}\n`)
  if (!invocation.settings.json && !hasRules(layers.root))
    output.err(
      'stapel: No router of @stapel/routing is in it; those of other frameworks keep their rules to themselves.',
    )
  return 0
}

function hasRules({ row, children = [] }: OutlineNode): boolean {
  return row !== undefined || children.some(hasRules)
}
