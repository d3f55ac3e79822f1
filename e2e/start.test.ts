import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { listening, run } from './support/command.ts'
import { makeTemporaryFolders } from './support/guestbook-copy.ts'

const workspace = fileURLToPath(new URL('..', import.meta.url))
// Set by pnpm when it runs a script, such as the one of these tests.
const pnpm = process.env.npm_execpath

test.skipIf(pnpm === undefined)('pnpm start serves the guestbook', async ({ onTestFinished }) => {
  const folders = await makeTemporaryFolders()
  onTestFinished(() => folders.remove())
  const command = /\.[cm]?js$/.test(pnpm as string)
    ? run(process.execPath, [pnpm as string, 'start'], options())
    : run(pnpm as string, ['start'], options())
  onTestFinished(async () => {
    await command.stop()
  })
  const { url } = await listening(command)
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('<title>Guestbook</title>')

  function options() {
    return { cwd: workspace, env: { ...folders.env, PORT: '0' }, group: true }
  }
})
