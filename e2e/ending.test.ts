import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hostsFolder } from './hosts/programs.ts'
import { findNodes } from './support/node-versions.ts'
import { openRaw } from './support/raw.ts'

const program = join(hostsFolder, 'ending.js')

/** A server in a process of its own. */
interface Served {
  readonly child: ChildProcess
  readonly url: string
  /** Settles when the process has printed a text. */
  printed(text: string): Promise<void>
  /** How the process ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

for (const { title, path } of findNodes(20, 24, 26)) {
  describe.skipIf(path === undefined || process.platform === 'win32')(`a process on ${title}`, () => {
    test.each(['SIGTERM', 'SIGINT'] as const)(
      'answers what is in flight after %s, and ends',
      async (signal) => {
        const server = await served(path as string)
        const idle = await openRaw(server.url)
        const idleClosed = once(idle.resume(), 'close')
        const upload = await uploading(server)
        server.child.kill(signal)
        await idleClosed
        await refused(server.url)
        upload.write('lo')
        const answer = await untilClose(upload)
        expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
        expect(answer).toMatch(/^Connection: close\r$/m)
        expect(answer).toMatch(/\r\n\r\nHello$/)
        expect(await server.ended).toEqual({ code: 0, signal: null })
      },
    )

    test('cuts what is in flight at the second signal, and ends', async () => {
      const server = await served(path as string)
      const upload = await uploading(server)
      server.child.kill('SIGTERM')
      await refused(server.url)
      expect(upload.destroyed).toBe(false)
      server.child.kill('SIGINT')
      expect(await untilClose(upload)).toBe('')
      expect(await server.ended).toEqual({ code: 0, signal: null })
    })

    test('that something else keeps is ended by one more signal', async () => {
      const server = await served(path as string, { STAYS: '1' })
      server.child.kill('SIGTERM')
      await server.printed('closed')
      server.child.kill('SIGTERM')
      expect(await server.ended).toEqual({ code: null, signal: 'SIGTERM' })
    })

    test('serves a socket that was passed to it, what waited there first, and ends as well', async () => {
      // What systemd does: it listens, and starts the process when there is something to answer.
      const listener = createServer().listen(0, '127.0.0.1')
      await once(listener, 'listening')
      const { port } = listener.address() as { port: number }
      const { fd } = (listener as unknown as { _handle: { fd: number } })._handle
      const starting = served(path as string, { LISTEN_FDS: '1' }, fd)
      listener.close()
      const early = await openRaw(`http://127.0.0.1:${port}`)
      early.write('GET /early HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      const server = await starting
      expect(server.url).toBe(`http://127.0.0.1:${port}`)
      expect(await untilClose(early)).toMatch(/nothing$/)
      const upload = await uploading(server)
      server.child.kill('SIGTERM')
      await refused(server.url)
      upload.write('lo')
      expect(await untilClose(upload)).toMatch(/Hello$/)
      expect(await server.ended).toEqual({ code: 0, signal: null })
    })
  })
}

/** Starts the program, where a descriptor is passed as systemd does: the third, and the process id in the environment. */
async function served(node: string, variables: Record<string, string> = {}, fd?: number): Promise<Served> {
  const child = spawn('/bin/sh', ['-c', 'LISTEN_PID=$$ exec "$0" "$1"', node, program], {
    env: { ...process.env, ...variables },
    stdio: fd === undefined ? ['ignore', 'pipe', 'inherit'] : ['ignore', 'pipe', 'inherit', fd],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  const printed = async (text: string): Promise<void> => {
    while (!output.includes(text)) {
      const more = once(child.stdout as NodeJS.ReadableStream, 'data')
      const over = ended.then(() =>
        Promise.reject(new Error(`It ended without printing ${text}:\n${output}`)),
      )
      await Promise.race([more, over])
    }
  }
  await printed('listens at ')
  const url = (/listens at (\S+)/.exec(output) as RegExpExecArray)[1] as string
  return { child, url, printed, ended }
}

/** A request that has reached the application, and whose body lacks its last two bytes. */
async function uploading(server: Served): Promise<Socket> {
  const socket = await openRaw(server.url)
  socket.on('error', () => {})
  socket.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHel')
  await server.printed('entered /upload')
  return socket
}

async function untilClose(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1').on('data', (data) => {
    text += data
  })
  if (!socket.destroyed) await once(socket, 'close')
  return text
}

/** Settles when the server accepts no more connections. */
async function refused(url: string): Promise<void> {
  const attempt = (): Promise<string> =>
    openRaw(url).then(
      (socket) => {
        socket.destroy()
        return 'accepted'
      },
      (error: NodeJS.ErrnoException) => error.code ?? '',
    )
  await expect.poll(attempt, { timeout: 10_000 }).toBe('ECONNREFUSED')
}
