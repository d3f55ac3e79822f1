import { expectTypeOf, test } from 'vitest'
import type { Refusing } from '../../core/src/refusing.test-support.ts'
import type { DevServerOptions, Hooks, LoadSettings, StapelSettings } from './index.ts'

test('a setting that may be missing is given as it is', () => {
  expectTypeOf<Refusing<StapelSettings | Hooks | DevServerOptions | LoadSettings>>().toBeNever()
  // @ts-expect-error: there is no such setting.
  const settings: StapelSettings = { prot: 8000 }
  expectTypeOf(settings.port).toEqualTypeOf<number | undefined>()
})
