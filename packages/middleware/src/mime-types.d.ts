/** What is used of `mime-types`, which brings no types of its own. */
declare module 'mime-types' {
  /** `'.html'` gives `'text/html; charset=utf-8'`; `false` for an unknown extension. */
  export function contentType(extension: string): string | false
}
