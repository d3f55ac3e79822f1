/**
 * Whether a specifier names a module of Stapel's. What these do when they are imported depends on nothing, and nobody sees it: they may be loaded before
 * the application is.
 */
export function isOwnModule(specifier: string): boolean {
  return /^@stapel\/(?:core|wrappers|routing|middleware)(?:\/|$)/.test(specifier)
}
