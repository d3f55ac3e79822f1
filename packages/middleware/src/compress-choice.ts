import { chooseEncoding } from '@stapel/core/http'
import type { Coding } from './compress-codings.ts'

/** How many different `Accept-Encoding` headers have their choice remembered; browsers send about five. */
export const CHOICE_CACHE_LIMIT = 64

/**
 * Chooses a coding by `Accept-Encoding`: the one with the highest weight that is not 0, the first offered among equals; `undefined` for
 * identity. Identity is chosen when nothing else is acceptable, when its own weight is higher, and when there is no header.
 */
export function createCodingChoice(
  offered: readonly Coding[],
): (acceptEncoding: string | undefined) => Coding | undefined {
  const names = offered.map((coding) => coding.name)
  const choices = new Map<string, Coding | undefined>()
  return (acceptEncoding) => {
    if (acceptEncoding === undefined) return undefined
    const known = choices.get(acceptEncoding)
    if (known !== undefined || choices.has(acceptEncoding)) return known
    const name = chooseEncoding(acceptEncoding, names)
    const choice = offered.find((coding) => coding.name === name)
    if (choices.size < CHOICE_CACHE_LIMIT && acceptEncoding.length <= 256) choices.set(acceptEncoding, choice)
    return choice
  }
}
