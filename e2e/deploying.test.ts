/** `stapel serve` as docs/deploying.md shows it: behind a real nginx, and from a Procfile. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeNginxFolder, nginx, skipped, testInstalled } from './nginx/nginx.ts'
import { guestbookFolder, run } from './support/command.ts'
import { freePort } from './support/free-port.ts'

testInstalled()

/** The blocks of the page in a language. */
async function documented(language: string): Promise<string> {
  const page = await readFile(new URL('../docs/deploying.md', import.meta.url), 'utf8')
  const [, block = ''] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page) ?? []
  expect(block).not.toBe('')
  return block
}

/** An application in a folder where the packages are found as in a project of a user. */
async function makeProject(word: string): Promise<{ folder: string; say(word: string): Promise<void> }> {
  const folder = await mkdtemp(join(guestbookFolder, '.tmp-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const say = (text: string): Promise<void> =>
    writeFile(
      join(folder, 'app.ts'),
      `import { type Application, stack } from '@stapel/core'
import { proxyFix } from '@stapel/middleware'

const hello: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return \`${text} for \${environ.REMOTE_ADDR} over \${environ['wsgi.url_scheme']}\`
}
export const app: Application = stack(hello, proxyFix({ peers: ['unix'] }))
`,
    )
  await say(word)
  return { folder, say }
}

const command = join(guestbookFolder, 'node_modules/.bin/stapel')

describe.skipIf(nginx === undefined)(`stapel serve behind nginx${skipped}`, () => {
  test('is started anew under load, and nginx never sees it gone', async () => {
    const { folder, say } = await makeProject('old')
    const proxy = await makeNginxFolder()
    onTestFinished(() => proxy.remove())
    const socket = proxy.path('app.sock')
    const port = await freePort()
    const served = run(
      command,
      ['serve', 'app.ts:app', '--socket', socket, '--keep-alive', '65', '--workers', '2'],
      {
        cwd: folder,
      },
    )
    onTestFinished(async () => void (await served.stop()))
    const [, pid] = await served.printed(/with 2 workers, pid (\d+)/)
    const configuration = await documented('nginx')
    await proxy.start(
      configuration.replace('/run/app/app.sock', socket).replace('listen 80', `listen 127.0.0.1:${port}`),
    )

    const seen = new Map<string, number>()
    let stopped = false
    const client = async (): Promise<void> => {
      while (!stopped) {
        const response = await fetch(`http://127.0.0.1:${port}/`)
        const text = `${response.status} ${await response.text()}`
        seen.set(text, (seen.get(text) ?? 0) + 1)
      }
    }
    const clients = [client(), client(), client(), client()]
    await say('new')
    process.kill(Number(pid), 'SIGHUP')
    await served.printed(/All workers are new after /)
    while (!seen.has('200 new for 127.0.0.1 over http')) await new Promise(setImmediate)
    stopped = true
    await Promise.all(clients)
    expect([...seen.keys()].sort()).toEqual([
      '200 new for 127.0.0.1 over http',
      '200 old for 127.0.0.1 over http',
    ])
  })
})

test('stapel serve from a Procfile takes its port and its number of workers from the environment', async () => {
  const [, line = ''] = /^web: (.*)$/m.exec(await documented('Procfile')) ?? []
  const port = await freePort()
  // What a runner of Procfiles does: the command of the process type, in the folder of the application, with PORT.
  const web = run('sh', ['-c', `exec ${line}`], {
    cwd: guestbookFolder,
    env: { PORT: String(port), WEB_CONCURRENCY: '2', GUESTBOOK_DATA: await dataFolder() },
  })
  onTestFinished(async () => void (await web.stop()))
  await web.printed(new RegExp(` at http://0\\.0\\.0\\.0:${port} with 2 workers`))
  const response = await fetch(`http://127.0.0.1:${port}/`)
  expect(response.status).toBe(200)
  const [, entry] = await web.printed(/^(\{.*"target":"\/".*\})$/m)
  expect(JSON.parse(entry as string)).toMatchObject({ method: 'GET', status: 200 })
  expect(await web.stop()).toBe(0)
})

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(guestbookFolder, '.tmp-data-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
