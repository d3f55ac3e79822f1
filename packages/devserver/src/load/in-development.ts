import type { Application } from '@stapel/core'
import type { Failure } from '../failure/failure.ts'
import { showFailures } from '../failure/show-failures.ts'

/**
 * An application as the development server runs it: its requests have a trace, routers without a rule say why, and errors are shown, and told to
 * `failed`.
 *
 * What that is said with is imported when it is first needed: it would take a third of the time that a restart takes.
 */
export function inDevelopment(app: Application, failed: (failure: Failure) => void): Application {
  return showFailures(app, failed, {
    refuse: async (...refused) => {
      const { answerRefusal } = await import('../failure/refusal.ts')
      return answerRefusal(app, ...refused)
    },
  })
}
