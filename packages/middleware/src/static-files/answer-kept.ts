import { type Body, type Environ, type StartResponse, traceOf } from '@stapel/core'
import { answerFile } from './answer.ts'
import type { FileCache, FindFile, KeptFile } from './file-cache.ts'
import type { VariantChoice } from './variants.ts'

/** Files that are kept, and how they are looked for again. */
export interface KeptFiles {
  /** `undefined` where nothing is kept. */
  readonly cache: FileCache | undefined
  readonly find: FindFile
  readonly chooseVariant: VariantChoice
}

/** Answers where nothing is kept that could. */
export type Respond = (environ: Environ, startResponse: StartResponse) => Body | Promise<Body>

/**
 * Answers with the file that is kept under a key, once it was looked at again where that is due; by `respond` where there is none. Without a promise
 * where no look is needed. Throws the `HTTPError`s that the request leads to: 405, 412, 416.
 */
export function answerKept(
  files: KeptFiles,
  key: string,
  environ: Environ,
  startResponse: StartResponse,
  respond: Respond,
): Body | Promise<Body> {
  const { cache, find } = files
  const kept = cache?.get(key)
  // In development an edit shows at once.
  if (cache === undefined || kept === undefined || traceOf(environ) !== undefined)
    return respond(environ, startResponse)
  if (cache.isFresh(kept)) return answer(files, kept, environ, startResponse, respond)
  return cache
    .check(kept, find)
    .then((current) =>
      current ? answer(files, kept, environ, startResponse, respond) : respond(environ, startResponse),
    )
}

function answer(
  { chooseVariant }: KeptFiles,
  { file, contents }: KeptFile,
  environ: Environ,
  startResponse: StartResponse,
  respond: Respond,
): Body | Promise<Body> {
  const choice = chooseVariant(environ.HTTP_ACCEPT_ENCODING, file.representations)
  return answerFile(file, choice, contents[choice], environ, startResponse) ?? respond(environ, startResponse)
}
