import { BadRequestKeyError, isPromise } from '@stapel/core'

/**
 * The first value of a name in `args`, `cookies`, `headers` or a form, which the request must have. Throws `BadRequestKeyError` (400)
 * without one, which names it to the client, too; an empty value is one. Throws a TypeError for what has no `get`, such as the promise of a form.
 *
 * @example
 * ```ts
 * import { Request, Response, requireValue } from '@stapel/wrappers'
 *
 * export const app = Request.application(({ args }) => new Response(`You look for ${requireValue(args, 'q')}.`))
 * ```
 */
export function requireValue<T>(values: { get(name: string): T | null | undefined }, name: string): T {
  if (typeof values?.get !== 'function') throw notValues(values, name)
  const value = values.get(name)
  if (value === null || value === undefined) throw new BadRequestKeyError(name, { showKey: true })
  return value
}

function notValues(given: unknown, name: string): TypeError {
  return new TypeError(
    isPromise(given)
      ? `Got a promise to take ${JSON.stringify(name)} from; await it first.`
      : `Got ${given === null || typeof given !== 'object' ? String(given) : 'an object without get()'} to take ${JSON.stringify(name)} from; expected args, cookies, headers or a form.`,
  )
}
