import { expectTypeOf, test } from 'vitest'
import type { DevServerOptions, Hooks, LoadSettings, StapelSettings } from './index.ts'

/** The optional members that refuse `undefined`, of each type of a union. */
type Refusing<T> = T extends unknown
  ? {
      [K in keyof T]-?: undefined extends Required<T>[K] ? never : object extends Pick<T, K> ? K : never
    }[keyof T]
  : never

test('a setting that may be missing is given as it is', () => {
  expectTypeOf<Refusing<StapelSettings | Hooks | DevServerOptions | LoadSettings>>().toBeNever()
  // @ts-expect-error: there is no such setting.
  const settings: StapelSettings = { prot: 8000 }
  expectTypeOf(settings.port).toEqualTypeOf<number | undefined>()
})
