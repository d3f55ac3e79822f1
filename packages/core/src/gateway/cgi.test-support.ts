import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'

/** What a CGI server got from a script. */
export interface CgiRun {
  /** What came out, as latin-1. */
  readonly output: string
  readonly head: string
  readonly body: string
  readonly log: string
  readonly code: number | null
}

export interface CgiRequest {
  readonly env?: Readonly<Record<string, string>>
  /** What is on standard input, which stays open afterwards unless `end` is true. */
  readonly input?: string | Uint8Array
  readonly end?: boolean
  /** Called with each piece of output; false closes the pipe. */
  readonly onOutput?: (text: string) => boolean
}

/** Runs an application of `cgi-applications.test-support.ts` as a CGI server does, by its name. */
export function runScript(name: string, request: CgiRequest = {}): Promise<CgiRun> {
  const script = `import { runCgi } from ${JSON.stringify(url('./cgi.ts'))}
    import { applications } from ${JSON.stringify(url('./cgi-applications.test-support.ts'))}
    await runCgi(applications.get(${JSON.stringify(name)}))`
  const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '--eval', script], {
    env: {
      PATH: process.env.PATH ?? '',
      REQUEST_METHOD: 'GET',
      SERVER_PROTOCOL: 'HTTP/1.1',
      ...request.env,
    },
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  let log = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text
    if (request.onOutput?.(text) === false) child.stdout.destroy()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  // A script that does not read its input closes the pipe first.
  child.stdin.on('error', () => {})
  if (request.input !== undefined) child.stdin.write(request.input)
  if (request.end !== false) child.stdin.end()
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const end = output.indexOf('\r\n\r\n')
      resolve({ output, head: output.slice(0, end + 2), body: output.slice(end + 4), log, code })
    })
  })
}

// Node 20 cannot strip types; the dev server depends on what can.
const tsx = pathToFileURL(
  createRequire(new URL('../../../devserver/package.json', import.meta.url)).resolve('tsx'),
).href

function url(path: string): string {
  return new URL(path, import.meta.url).href
}
