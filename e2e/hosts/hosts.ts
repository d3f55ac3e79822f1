import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type RunningCommand, run } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { findNodes } from '../support/node-versions.ts'
import { findProgram, hostsFolder, installPrograms, type Programs } from './programs.ts'

/** By these the list of behaviours says what a host cannot do. */
export type HostName = 'node' | 'express' | 'bun' | 'deno' | 'workerd' | 'cgi'

/** A host of the application. */
export interface Host {
  readonly name: HostName
  readonly title: string
  /** Why it is not there; `undefined` when it is. */
  readonly missing: string | undefined
  start(): Promise<RunningHost>
}

/** A host that serves. */
export interface RunningHost {
  /** Where the application is, without a slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

/** Every host. In CI one that is missing is an error; elsewhere its tests are skipped, and say so. */
export async function findHosts(): Promise<readonly Host[]> {
  const hosts: Host[] = []
  for (const { title, path } of findNodes(20, 24, 26)) {
    const missing = path === undefined ? title : undefined
    hosts.push({ name: 'node', title, missing, start: () => listening(path as string, ['node.js']) })
  }
  hosts.push({
    name: 'express',
    title: 'Express, through nodeHandler',
    missing: undefined,
    start: () => listening(process.execPath, ['express.js']),
  })
  return [...hosts, ...(await fetchHosts()), await cgiHost()]
}

async function fetchHosts(): Promise<readonly Host[]> {
  let programs: Programs
  try {
    programs = await installPrograms()
  } catch (error) {
    if (process.env.CI) throw error
    const missing = `cannot be installed (${String((error as Error).message).split('\n')[0]})`
    const start = (): Promise<never> => Promise.reject(error)
    return (['bun', 'deno', 'workerd'] as const).map((name) => ({ name, title: name, missing, start }))
  }
  const deno = ['run', '--allow-net', '--allow-env', '--allow-read', '--no-lock', '--node-modules-dir=manual']
  return [
    {
      name: 'bun',
      title: 'Bun',
      missing: undefined,
      start: () => listening(programs.bun, ['bun.js']),
    },
    {
      name: 'deno',
      title: 'Deno',
      missing: undefined,
      start: () => listening(programs.deno, [...deno, 'deno.js']),
    },
    { name: 'workerd', title: 'workerd', missing: undefined, start: () => startWorkerd(programs) },
  ]
}

async function listening(program: string, args: readonly string[]): Promise<RunningHost> {
  const command = run(program, args, { cwd: hostsFolder })
  const [, url] = await printed(command, / at (http:\/\/\S+)/)
  return { url: url as string, stop: async () => void (await command.stop()) }
}

/** The same modules as one, since workerd reads no folders. */
async function startWorkerd({ workerd, esbuild }: Programs): Promise<RunningHost> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-workerd-'))
  const out = join(folder, 'worker.bundle.js')
  const options = ['--bundle', '--format=esm', '--platform=neutral', '--main-fields=module,main']
  await promisify(execFile)(esbuild, ['worker.js', ...options, `--outfile=${out}`], { cwd: hostsFolder })
  await cp(join(hostsFolder, 'worker.capnp'), join(folder, 'worker.capnp'))
  const command = run(workerd, ['serve', 'worker.capnp', '--control-fd=1'], { cwd: folder })
  const [, port] = await printed(command, /"event":"listen".*"port":([0-9]+)/)
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await command.stop()
      await rm(folder, { recursive: true })
    },
  }
}

async function cgiHost(): Promise<Host> {
  const lighttpd = await findProgram('lighttpd')
  if (lighttpd === undefined && process.env.CI) throw new Error('lighttpd is not installed.')
  return {
    name: 'cgi',
    title: 'CGI under lighttpd',
    missing: lighttpd === undefined ? 'lighttpd is not installed' : undefined,
    start: () => startLighttpd(lighttpd as string),
  }
}

async function startLighttpd(lighttpd: string): Promise<RunningHost> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-cgi-'))
  const script = join(folder, 'app.cgi')
  await writeFile(script, `#!/bin/sh\nexec '${process.execPath}' '${join(hostsFolder, 'cgi.js')}'\n`)
  await chmod(script, 0o755)
  const port = await freePort()
  await writeFile(
    join(folder, 'lighttpd.conf'),
    `server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${port}
server.modules = ("mod_cgi")
server.stream-response-body = 1
cgi.assign = (".cgi" => "")
`,
  )
  const command = run(lighttpd, ['-D', '-f', 'lighttpd.conf'], { cwd: folder })
  await printed(command, /server started/)
  return {
    url: `http://127.0.0.1:${port}/app.cgi`,
    async stop() {
      await command.stop()
      await rm(folder, { recursive: true })
    },
  }
}

async function printed(command: RunningCommand, pattern: RegExp): Promise<RegExpExecArray> {
  return command.printed(pattern).catch(async (error) => {
    await command.stop()
    throw error
  })
}
