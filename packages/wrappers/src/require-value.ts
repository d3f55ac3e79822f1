import { BadRequestKeyError } from '@stapel/core'

/**
 * The first value of a name in `args`, `cookies`, `headers` or a form, which the request must have. Throws `BadRequestKeyError` (400)
 * without one, which names it to the client, too; an empty value is one.
 *
 * @example
 * ```ts
 * import { Request, Response, requireValue } from '@stapel/wrappers'
 *
 * export const app = Request.application(({ args }) => new Response(`You look for ${requireValue(args, 'q')}.`))
 * ```
 */
export function requireValue<T>(values: { get(name: string): T | null | undefined }, name: string): T {
  const value = values.get(name)
  if (value === null || value === undefined) throw new BadRequestKeyError(name, { showKey: true })
  return value
}
