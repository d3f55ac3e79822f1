/**
 * Files beside a file that hold its content compressed: `app.js.br` beside `app.js`.
 *
 * The threat: a neighbour that a build left behind is sent for a file that has changed since, or one that anybody may put there is sent with the type of
 * the file. A neighbour that is older than its file counts as absent, and it is opened by the same rules as the file. What is not
 * stopped: one that is newer and holds something else.
 *
 * @module
 */
import { Forbidden } from '@stapel/core'
import type { OpenedFile } from '@stapel/core/files'
import { chooseEncoding } from '@stapel/core/http'
import type { OptionCheck } from '../check-options.ts'
import type { Resource } from './source.ts'

/** A content coding that a neighbour can have. */
export type Precompressed = 'br' | 'zstd' | 'gzip'

/** The codings of neighbours, and what the names of those end in. */
export const precompressedEndings: ReadonlyMap<Precompressed, string> = new Map([
  ['br', '.br'],
  ['zstd', '.zst'],
  ['gzip', '.gz'],
])

/** The option that names the codings, each once. */
export const precompressedCheck: OptionCheck = {
  expected: `a list of some of ${[...precompressedEndings.keys()].map((coding) => `'${coding}'`).join(', ')}, each once`,
  accepts: (codings) =>
    Array.isArray(codings) &&
    codings.every((coding) => precompressedEndings.has(coding)) &&
    new Set(codings).size === codings.length,
}

/** A file in a coding. */
export interface Variant {
  /** As in `Content-Encoding`, or `'identity'`. */
  readonly coding: string
  readonly opened: OpenedFile
}

/**
 * The file itself, and its neighbours in these codings that are no older, all open. A file that is a neighbour by its own name has
 * none. Where opening one throws, all are closed.
 */
export async function openVariants(
  resource: Resource,
  codings: readonly Precompressed[],
): Promise<readonly [Variant, ...Variant[]]> {
  const identity: Variant = { coding: 'identity', opened: resource }
  if (codings.length === 0 || neighbourName.test(resource.name)) return [identity]
  const opening = codings.map((coding) => openVariant(resource, coding))
  const settled = await Promise.allSettled(opening)
  const failed = settled.find((result) => result.status === 'rejected')
  const variants = settled.flatMap((result) => (result.status === 'fulfilled' ? (result.value ?? []) : []))
  if (failed === undefined) return [identity, ...variants]
  await closeVariants([identity, ...variants])
  throw failed.reason
}

/** Closes the files. */
export async function closeVariants(variants: readonly Variant[]): Promise<void> {
  await Promise.all(variants.map(({ opened }) => opened.file.close()))
}

/** How many different `Accept-Encoding` headers have their choice remembered; browsers send about five. */
export const CHOICE_CACHE_LIMIT = 64
/** The most characters of one that is remembered. */
const CHOICE_LENGTH_LIMIT = 256

/** See {@link createVariantChoice}. */
export type VariantChoice = (
  acceptEncoding: string | undefined,
  variants: readonly { readonly coding: string }[],
) => number

/**
 * Chooses among the variants of a file, the first of which is the file itself, by `Accept-Encoding`: the place of the one with the highest weight, the
 * first among equals, and the file itself where the client wants none of the codings.
 */
export function createVariantChoice(): VariantChoice {
  /** By the codings that there are, of which there are few combinations. */
  const choices = new Map<string, Map<string, number>>()
  return (acceptEncoding, variants) => {
    if (variants.length === 1 || acceptEncoding === undefined) return 0
    const offers = variants.slice(1).map(({ coding }) => coding)
    const key = offers.join()
    let known = choices.get(key)
    if (known === undefined) {
      known = new Map()
      choices.set(key, known)
    }
    const remembered = known.get(acceptEncoding)
    if (remembered !== undefined) return remembered
    const choice = offers.indexOf(chooseEncoding(acceptEncoding, offers)) + 1
    if (known.size < CHOICE_CACHE_LIMIT && acceptEncoding.length <= CHOICE_LENGTH_LIMIT)
      known.set(acceptEncoding, choice)
    return choice
  }
}

const neighbourName = /\.(?:br|zst|gz)$/i

async function openVariant(resource: Resource, coding: Precompressed): Promise<Variant | undefined> {
  const opened = await resource
    .openNeighbour(precompressedEndings.get(coding) as string)
    .catch(absentIfForbidden)
  if (opened === undefined) return undefined
  if (isCurrent(opened, resource)) return { coding, opened }
  await opened.file.close()
  return undefined
}

/** A neighbour that is denied is none: the file itself may be served. */
function absentIfForbidden(error: unknown): undefined {
  if (!(error instanceof Forbidden)) throw error
}

function isCurrent(neighbour: OpenedFile, file: OpenedFile): boolean {
  // No coding makes nothing of something: an empty one is what a build left that broke off.
  if (neighbour.state.size === 0) return false
  // In whole seconds: tools that give a neighbour the time of its file drop the fraction (brotli 1.0 does).
  return Math.floor(neighbour.state.mtimeMs / 1000) >= Math.floor(file.state.mtimeMs / 1000)
}
