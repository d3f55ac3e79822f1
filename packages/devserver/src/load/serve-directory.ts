import { type Application, NotFound, stack } from '@stapel/core'
import { staticFiles } from '@stapel/middleware/static-files'

/** An application that serves the files of a directory, with its `index.html`; where there is none, `listing` shows what is there. */
export function serveDirectory(path: string, listing: boolean): Application {
  return stack(noFile, staticFiles({ '/': path }, { listing }))
}

function noFile(): never {
  throw new NotFound()
}
