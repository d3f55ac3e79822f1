import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { guestbookFolder, serveGuestbook } from './support/command.ts'
import { makeTemporaryFolders, type TemporaryFolders } from './support/guestbook-copy.ts'

const require = createRequire(join(guestbookFolder, 'app.ts'))
const stapel = join(dirname(require.resolve('@stapel/devserver/package.json')), 'bin/stapel.js')

async function temporaryFolders(): Promise<TemporaryFolders> {
  const folders = await makeTemporaryFolders()
  onTestFinished(() => folders.remove())
  return folders
}

test('stapel routes prints the layers and rules of the guestbook', async () => {
  const { env } = await temporaryFolders()
  const { stdout } = await promisify(execFile)(process.execPath, [stapel, 'routes', 'app.ts:app'], {
    cwd: guestbookFolder,
    env: { ...process.env, ...env },
  })
  expect(stdout).toMatch(/^requestId\n {2}health\n {4}securityHeaders\n {6}unavailable\n {8}compress\n/)
  expect(stdout).toMatch(/\n +methods +pattern +name +application\n/)
  expect(stdout).toMatch(/\n +GET +\/entries\/:id +entry +showEntry\n/)
  expect(stdout).toMatch(/\n +mount +\/admin +router\n +GET +\/admin\{\/\} +list +showList\n/)
})

test('a browser that asks the guestbook for what no rule has is shown why', async () => {
  const { env } = await temporaryFolders()
  const guestbook = await serveGuestbook({ cwd: guestbookFolder, env })
  onTestFinished(async () => {
    await guestbook.stop()
  })
  const page = await fetch(`${guestbook.url}entries/none`, { headers: { Accept: 'text/html' } })
  expect(page.status).toBe(404)
  expect(await page.text()).toMatch(
    /GET \/entries\/:id \(entry\) +after &quot;\/entries&quot;: int\(\{&quot;min&quot;:1\}\) refused &quot;none&quot; for id/,
  )
  const other = await fetch(`${guestbook.url}entry/7`)
  expect(await other.text()).toMatch(/Near to it:\n +GET \/entries\/:id/)
  const json = await fetch(`${guestbook.url}entry/7`, { headers: { Accept: 'application/json' } })
  expect(await json.json()).toEqual(expect.objectContaining({ status: 404, title: 'Not Found' }))
})
