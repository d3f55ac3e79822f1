import type { Application } from '@stapel/core'
import { traced } from '@stapel/core/node'

/**
 * An application as the development server runs it: its requests have a trace, and routers without a rule say why.
 *
 * What that is said with is imported when it is first needed: it would take a third of the time that a restart takes.
 */
export function inDevelopment(app: Application): Application {
  return traced(app, {
    refuse: async (...refused) => {
      const { answerRefusal } = await import('../failure/refusal.ts')
      return answerRefusal(app, ...refused)
    },
  })
}
