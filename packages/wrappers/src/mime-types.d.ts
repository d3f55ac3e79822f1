/** What is used of `mime-types`, which brings no types of its own. */
declare module 'mime-types' {
  /** `'.html'` gives `'text/html'`; `false` for an unknown extension. */
  export function lookup(extension: string): string | false
}
