import { type Application, NotFound } from '@stapel/core'
import { int, Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import type { Entries, Entry } from './entries.ts'
import { respondWith } from './html.ts'
import { adminPage, type EntryView } from './pages.ts'
import type { Pictures } from './pictures.ts'

/** So many entries are listed. */
const LIST_SIZE = 100

/**
 * The administration: an application of its own, which may be mounted anywhere. Its router knows paths below the mount; `scriptName` says where that
 * is. It asks for no password.
 */
export function createAdmin(
  entries: Entries,
  pictures: Pictures,
  viewOf: (entry: Entry) => EntryView,
): Application {
  const router = new Router()
    // Of '/admin' the mount leaves nothing, of '/admin/' a slash.
    .get('{/}', Request.application(showList), { name: 'list' })
    .post('/entries/:id/delete', Request.application(deleteEntry), {
      name: 'delete',
      convert: { id: int({ min: 1 }) },
    })
  return router.app

  function showList({ scriptName }: Request): Response {
    const views = entries.page(LIST_SIZE).map(viewOf)
    return respondWith(adminPage(views, (id) => `${scriptName}${router.url('delete', { id })}`))
  }

  async function deleteEntry({ params, scriptName }: Request<{ id: number }>): Promise<Response> {
    const entry = entries.remove(params.id)
    if (entry === undefined) throw new NotFound(`There is no entry ${params.id}.`)
    if (entry.picture !== undefined) await pictures.remove(entry.picture)
    return Response.redirect(`${scriptName}${router.url('list')}`)
  }
}
