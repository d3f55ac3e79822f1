import { createListing } from './answer-listing.ts'
import { createFallback, type Fallback } from './fallback.ts'
import type { FileCache } from './file-cache.ts'
import type { Mount } from './mounts.ts'
import type { StaticFilesSettings } from './options.ts'

/**
 * What becomes of requests for which there is no file: a listing of the directory, then the fallback, then the application inside; each as far as the
 * settings have it. `cache` keeps the page of the fallback.
 */
export function createOtherwise(
  table: readonly Mount[],
  settings: StaticFilesSettings,
  cache: FileCache | undefined,
): Fallback {
  const { listing, fallback } = settings
  const fallBack: Fallback =
    fallback === undefined
      ? (app, environ, startResponse) => app(environ, startResponse)
      : createFallback(table, fallback, settings, cache)
  if (listing === undefined) return fallBack
  const list = createListing(table, listing.limit, settings)
  return (app, environ, startResponse) => {
    const looking = list(environ)
    if (looking === undefined) return fallBack(app, environ, startResponse)
    return looking.then((answer) =>
      answer === undefined ? fallBack(app, environ, startResponse) : answer(startResponse),
    )
  }
}
