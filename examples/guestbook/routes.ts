import { type Application, BadRequest, NotFound } from '@stapel/core'
import { int, Router } from '@stapel/routing'
import { Request, Response } from '@stapel/wrappers'
import { createAdmin } from './admin.ts'
import type { Entries, Entry } from './entries.ts'
import { failAtOnce, failLater } from './failures.ts'
import { respondWith } from './html.ts'
import { type EntryView, entryPage, type FormErrors, homePage } from './pages.ts'
import type { Pictures } from './pictures.ts'
import { readSubmission } from './submission.ts'

/** So many entries are on one page. */
export const PAGE_SIZE = 20

/** The query of the page after one. */
type Older = { before: string }

/** Which address is answered by what. */
export function createRoutes(entries: Entries, pictures: Pictures): Application {
  const router = new Router()
    .get('/', Request.application(showHome), { name: 'home' })
    .post('/', Request.application(sign))
    .get('/entries/:id', Request.application(showEntry), { name: 'entry', convert: { id: int({ min: 1 }) } })
    .get('/entries.json', Request.application(listAsJson), { name: 'json' })
    .get('/fail', failAtOnce)
    .get('/fail/later', failLater)
    .mount('/admin', createAdmin(entries, pictures, viewOf))
  return router.app

  function showHome(request: Request): Response {
    const { shown, older } = pageOf(request)
    const form = { name: request.cookies.get('name') ?? '', message: '', errors: {} }
    return respondWith(homePage(form, shown, older && router.url('home', {}, { query: older })))
  }

  function showEntry({ params }: Request<{ id: number }>): Response {
    const entry = entries.get(params.id)
    if (entry === undefined) throw new NotFound(`There is no entry ${params.id}.`)
    return respondWith(entryPage(viewOf(entry)))
  }

  function listAsJson(request: Request): Response {
    const { shown, older } = pageOf(request)
    return Response.json({ entries: shown, older: older && router.url('json', {}, { query: older }) })
  }

  async function sign(request: Request): Promise<Response> {
    const { name, message, picture: upload, errors } = await readSubmission(request)
    const refuse = (errors: FormErrors): Response => {
      return respondWith(homePage({ name, message, errors }, pageOf(request).shown, undefined), 422)
    }
    if (Object.keys(errors).length > 0) return refuse(errors)
    const picture = upload && (await pictures.save(upload))
    if (upload && !picture) return refuse({ picture: 'This is no PNG, JPEG, GIF or WebP picture.' })

    const id = entries.add({ name, message, picture })
    const response = Response.redirect(`${router.url('home')}#entry-${id}`)
    response.setCookie('name', name, { maxAge: 31_536_000, httpOnly: true, sameSite: 'lax' })
    return response
  }

  function pageOf(request: Request): { shown: EntryView[]; older: Older | undefined } {
    const before = request.args.get('before') ?? undefined
    if (before !== undefined && !/^[0-9]{1,15}$/.test(before)) {
      throw new BadRequest('The value of before must be the number of an entry.')
    }
    const found = entries.page(PAGE_SIZE + 1, before === undefined ? undefined : Number(before))
    const shown = found.slice(0, PAGE_SIZE)
    return {
      shown: shown.map(viewOf),
      older: found.length > shown.length ? { before: String(shown.at(-1)?.id) } : undefined,
    }
  }

  function viewOf(entry: Entry): EntryView {
    return {
      ...entry,
      url: router.url('entry', { id: entry.id }),
      picture: entry.picture && `/pictures/${entry.picture}`,
    }
  }
}
