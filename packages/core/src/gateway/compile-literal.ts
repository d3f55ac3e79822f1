/** Keys of an object with the expressions that give their values. */
export type LiteralRows = Iterable<readonly [key: string, code: string]>

/**
 * A function of `parameters` that makes a plain object by one literal: a fraction of the price of assigning key by key, and one hidden class for
 * all of them. `constants` are what else the expressions name. `undefined` where code may not be generated.
 *
 * Keys may come from a request, but for `__proto__`: they are put through JSON.stringify. Nothing else may.
 */
export function compileLiteral<Make>(
  rows: LiteralRows,
  parameters: readonly string[],
  constants: Readonly<Record<string, unknown>> = {},
): Make | undefined {
  const fields = Array.from(rows, ([key, code]) => `${JSON.stringify(key)}: ${code}`)
  try {
    return new Function(
      ...Object.keys(constants),
      `return (${parameters.join(', ')}) => ({ ${fields.join(', ')} })`,
    )(...Object.values(constants)) as Make
  } catch {
    return undefined
  }
}
