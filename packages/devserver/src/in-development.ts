import { type Application, traced } from '@stapel/core'
import { createRefuse } from './refusal.ts'

/** An application as the development server runs it: its requests have a trace, and routers without a rule say why. */
export function inDevelopment(app: Application): Application {
  return traced(app, { refuse: createRefuse(app) })
}
