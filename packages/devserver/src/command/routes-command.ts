import { type OutlineNode, outline } from '@stapel/core'
import type { Invocation } from './commands.ts'
import { loadGuarded } from './load-guarded.ts'
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
  const { guarded } = invocation
  if (guarded === undefined) {
    const { guardCommand } = await import('./guard.ts')
    return guardCommand(invocation.args, { target: load.text, late: () => 1 })
  }
  const app = await noticeExit(load.text, 1, () => loadGuarded(load))
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
