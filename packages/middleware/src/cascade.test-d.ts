import type { Application } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { cascade } from './cascade.ts'

declare const app: Application

test('applications are a list, and what comes out is one', () => {
  const apps = [app, cascade([app])] as const
  expectTypeOf(cascade(apps, { statuses: [404] as const })).toExtend<Application>()
  // @ts-expect-error: the applications are what it cannot do without.
  cascade()
  // @ts-expect-error: a list.
  cascade(app, app)
  // @ts-expect-error: statuses are numbers.
  cascade(apps, { statuses: ['404'] })
})
