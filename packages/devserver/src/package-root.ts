/**
 * The directory of this package, a `file:` URL that ends in a slash: right for the sources and for what is published, where all modules lie in `dist`,
 * and none below.
 */
export const packageRoot: URL = new URL('..', import.meta.url)
