import { isHTTPError } from '@stapel/core'
import { show } from './check-options.ts'

/** What becomes of a status: another one, `true` for the same with a page, `false` for none. */
export type StatusMap = Readonly<Partial<Record<number | '4xx' | '5xx', number | boolean>>>

/** A class of errors. */
export type ErrorClass = abstract new (...args: never[]) => Error

/** The status of the page for each status that gets one. Throws a TypeError for what is no such status. */
export function compileStatuses(middleware: string, given: StatusMap = {}): ReadonlyMap<number, number> {
  const statuses = new Map([[500, 503]])
  const set = (status: number, target: number | boolean): void => {
    if (target === false) statuses.delete(status)
    else statuses.set(status, target === true ? status : target)
  }
  const entries = Object.entries(given).filter(([, target]) => target !== undefined)
  for (const [key, target] of entries) {
    if (!/^[45](?:xx|[0-9]{2})$/.test(key)) {
      throw new TypeError(
        `${middleware}: got ${JSON.stringify(key)} among the statuses; expected one from 400 to 599, '4xx' or '5xx'.`,
      )
    }
    if (typeof target !== 'boolean' && !isErrorStatus(target)) {
      throw new TypeError(
        `${middleware}: got ${show(target)} for the status ${key}; expected a status from 400 to 599, true or false.`,
      )
    }
  }
  for (const [key, target] of entries) {
    if (!key.endsWith('xx')) continue
    const first = Number(key[0]) * 100
    for (let status = first; status < first + 100; status++) set(status, target as number | boolean)
  }
  for (const [key, target] of entries) if (!key.endsWith('xx')) set(Number(key), target as number | boolean)
  return statuses
}

/** Gives the status for an error by its class; `undefined` for one of no class that was named. Throws a TypeError for what is no pair. */
export function compileErrors(
  middleware: string,
  given: readonly (readonly [ErrorClass, number])[] = [],
): (error: unknown) => number | undefined {
  const pairs = given.map((pair) => {
    const [Kind, status] = Array.isArray(pair) ? pair : []
    if (typeof Kind !== 'function' || typeof Kind.prototype !== 'object' || !isErrorStatus(status)) {
      throw new TypeError(
        `${middleware}: got ${show(Array.isArray(pair) ? Kind : pair)} with ${show(status)} among the errors; expected a class and a status from 400 to 599, as in [RangeError, 400].`,
      )
    }
    return [Kind, status] as const
  })
  return (error) => {
    if (pairs.length === 0 || !(error instanceof Error) || isHTTPError(error)) return undefined
    return pairs.find(([Kind]) => error instanceof Kind)?.[1]
  }
}

function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599
}
