/**
 * A host as browsers put it into `Host`: `xn--bcher-kva.example` for `bücher.example`, in lower case, without what a URL leaves out. `undefined` for what
 * is no host of a URL.
 */
export function urlHostname(host: string): string | undefined {
  // Not `URL.canParse`: that of Node 20, once compiled, refuses every text that has a character from U+0080 to U+00FF and none beyond.
  try {
    return new URL(`http://${host}`).hostname
  } catch {
    return undefined
  }
}
