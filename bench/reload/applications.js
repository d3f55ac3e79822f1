/** The applications that are edited: each is written for the `stapel` command, as a program that listens itself, and as what `srvx` serves. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const listening = (text) => `import { createServer } from 'node:http'
createServer((_req, res) => res.end(${text})).listen(Number(process.env.PORT), '127.0.0.1')
`
const stapelApp = (text) => `export function app(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return ${text}
}
`
const fetchApp = (text) => `export default { fetch: () => new Response(${text}) }\n`
const sources = { stapel: stapelApp, listening, fetch: fetchApp }

/** The type of what the application is called with, so that there is something to strip. */
const typed = (source) =>
  source
    .replace(
      '(_environ, startResponse)',
      '(_environ: object, startResponse: (status: string, headers: string[][]) => unknown): string',
    )
    .replace('(_req, res)', '(_req: unknown, res: { end(text: string): unknown })')
    .replace('() =>', '(): Response =>')

const text = (version) => `version ${version}`

/**
 * Each gives a folder in which `main`, which is written for `kind` of command, answers `text(0)`, `save(n)` makes it answer `text(n)`, and `env` is to be set.
 */
export const applications = {
  'one file': (kind) => {
    const folder = temporaryFolder()
    const save = (version) =>
      writeFileSync(join(folder, 'app.mjs'), sources[kind](JSON.stringify(text(version))))
    return { folder, main: 'app.mjs', text, save, env: {}, remove: () => remove(folder) }
  },
  TypeScript: (kind) => {
    const folder = temporaryFolder()
    const save = (version) =>
      writeFileSync(join(folder, 'text.ts'), `export const text: string = ${JSON.stringify(text(version))}\n`)
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'app.ts'), `import { text } from './text.ts'\n${typed(sources[kind]('text'))}`)
    return { folder, main: 'app.ts', text, save, env: {}, remove: () => remove(folder) }
  },
  /** The example of this repository, of which the module with the pages is edited. */
  guestbook: (kind) => {
    const original = fileURLToPath(new URL('../../examples/guestbook', import.meta.url))
    // Inside its own folder, where its imports find the same packages.
    const folder = mkdtempSync(join(original, '.tmp-'))
    for (const name of readdirSync(original)) {
      if (!/^(?:node_modules|data|\.tmp-.*|.*\.test\.ts)$/.test(name))
        cpSync(join(original, name), join(folder, name), { recursive: true })
    }
    const main = kind === 'stapel' ? 'app.ts' : 'main.ts'
    if (kind === 'listening') writeFileSync(join(folder, main), guestbookListening)
    if (kind === 'fetch') writeFileSync(join(folder, main), guestbookFetch)
    const data = temporaryFolder()
    const pages = readFileSync(join(folder, 'pages.ts'), 'utf8')
    const heading = (version) => `What others wrote, ${version}`
    const save = (version) =>
      writeFileSync(join(folder, 'pages.ts'), pages.replace('What others wrote', heading(version)))
    return {
      folder,
      main,
      text: heading,
      save,
      env: { GUESTBOOK_DATA: data },
      remove: () => {
        remove(folder)
        remove(data)
      },
    }
  },
}

const guestbookListening = `import { serve } from '@stapel/core/node'
import { app } from './app.ts'

await serve(app, { host: '127.0.0.1', port: Number(process.env.PORT) })
`
const guestbookFetch = `import { fetchHandler } from '@stapel/core/fetch'
import { app } from './app.ts'

export default { fetch: fetchHandler(app) }
`

function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'stapel-bench-'))
}

function remove(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
