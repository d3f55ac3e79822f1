/** `stapel serve` as it is run: with processes, signals and clients. Rows U1 and U3 of robustness.md. */
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { testCertificate } from '../../../core/src/gateway/tls.test-support.ts'
import { createProject, type Running, stapel } from '../stapel-command.test-support.ts'
import { steadyClients } from './steady-clients.test-support.ts'

/** Says a word, its process, and what was asked for. */
function appSaying(word: string): string {
  return `export async function app(environ, startResponse) {
  if (environ.PATH_INFO === '/never') await new Promise(() => {})
  if (environ.PATH_INFO === '/slow') await new Promise((resolve) => setTimeout(resolve, 500))
  if (environ.PATH_INFO === '/exit') process.exit(7)
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return '${word} ' + (environ.PATH_INFO === '/pid' ? process.pid : environ['wsgi.multiprocess'])
}
`
}

/** The server, with unhandled rejections an error (row U1). */
function serve(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  return stapel(directory, ['serve', 'app.js', '--port=0', ...args], {
    NODE_OPTIONS: '--unhandled-rejections=strict',
    ...env,
  })
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text()
}

/** An answer over a new connection. */
async function textAnew(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: new Agent() }), 'response')) as [IncomingMessage]
  return (await response.setEncoding('utf8').toArray()).join('')
}

/** The processes that answer. */
async function pids(url: string): Promise<Set<number>> {
  const answers = await Promise.all(Array.from({ length: 12 }, () => textAnew(`${url}/pid`)))
  return new Set(answers.map((answer) => Number(answer.split(' ')[1])))
}

describe('workers', () => {
  test('share the address, and know of each other', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    await using running = serve(project.directory, ['--workers', '2'])
    const url = await running.url()
    expect(await text(url)).toBe('hello true')
    expect((await pids(url)).size).toBe(2)
    expect(running.output()).toMatch(/^Stapel serves app\.js at http:\S+ with 2 workers, pid \d+\n$/)
  })

  test('one is the default, and knows that it is alone', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    await using running = serve(project.directory, [])
    expect(await text(await running.url())).toBe('hello false')
    expect(running.output()).toContain('with 1 worker,')
  })

  test('one that is killed loses its own requests alone, and another one takes its place', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    await using running = serve(project.directory, ['--workers', '2'])
    const url = await running.url()
    const before = await pids(url)
    const [victim = 0] = before
    const clients = steadyClients(url, 4)
    await clients.until(() => true)
    process.kill(victim, 'SIGKILL')
    await running.printed(/Worker \d \(pid \d+\) was ended by SIGKILL; another one starts in 100 ms\n/)
    await running.printed(/Worker \d is pid \d+ now\n/)
    const { answers, failures } = await clients.stop()
    // At most the request that each of the clients had there.
    expect(failures.length).toBeLessThanOrEqual(4)
    expect([...answers.keys()]).toEqual(['hello true'])
    const after = await pids(url)
    expect(after.size).toBe(2)
    expect([...after].filter((pid) => before.has(pid))).toHaveLength(1)
  })

  test('those that cannot last are started after longer and longer waits', async () => {
    await using project = createProject({
      'app.js': `${appSaying('hello')}setTimeout(() => process.exit(9), 50)\n`,
    })
    await using running = serve(project.directory, [])
    await running.printed(/ended with exit code 9; another one starts in 100 ms\n/)
    await running.printed(/ended with exit code 9; another one starts in 200 ms\n/)
    await running.printed(/ended with exit code 9; another one starts in 400 ms\n/)
  })

  test('clients wait while the only one starts again, and none is refused', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    await using running = serve(project.directory, [])
    const url = await running.url()
    const left = textAnew(`${url}/exit`)
    await expect(left).rejects.toThrow()
    expect(await textAnew(url)).toBe('hello false')
    expect(running.output()).toMatch(
      /Worker 1 \(pid \d+\) ended with exit code 7; another one starts in 100 ms\n/,
    )
  })

  test('one is replaced after --max-requests, with no request lost', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    await using running = serve(project.directory, ['--max-requests', '50'])
    const url = await running.url()
    const [before] = await pids(url)
    const clients = steadyClients(url, 2)
    await running.printed(/Worker 1 is pid \d+ now\n/)
    const { failures } = await clients.stop()
    expect(failures).toEqual([])
    expect(await pids(url)).not.toContain(before)
  })

  test('end when the parent is killed', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    const running = serve(project.directory, ['--workers', '2'])
    const url = await running.url()
    running.kill('SIGKILL')
    // Standard output is theirs as well: it closes with the last of them.
    await running.ended
    await expect(fetch(url)).rejects.toThrow()
  })
})

describe('SIGHUP', () => {
  test('starts the application anew, and no request is refused, cut or answered wrongly', async () => {
    await using project = createProject({ 'app.js': appSaying('old') })
    await using running = serve(project.directory, ['--workers', '2'])
    const url = await running.url()
    const clients = steadyClients(url, 4)
    await clients.until((answer) => answer === 'old true')
    project.write('app.js', appSaying('new'))
    running.kill('SIGHUP')
    await running.printed(/All workers are new after /)
    await clients.until((answer) => answer === 'new true')
    const { answers, failures } = await clients.stop()
    expect(failures).toEqual([])
    expect([...answers.keys()].sort()).toEqual(['new true', 'old true'])
    expect(await text(url)).toBe('new true')
  })

  test('a connection that was idle meanwhile gets its next answer, and is asked to close', async () => {
    await using project = createProject({ 'app.js': appSaying('old') })
    await using running = serve(project.directory, [])
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = async (): Promise<[string | undefined, string]> => {
      const [response] = (await once(get(await running.url(), { agent }), 'response')) as [IncomingMessage]
      return [response.headers.connection, (await response.setEncoding('utf8').toArray()).join('')]
    }
    expect(await ask()).toEqual(['keep-alive', 'old false'])
    project.write('app.js', appSaying('new'))
    running.kill('SIGHUP')
    await running.printed(/All workers are new after /)
    expect(await ask()).toEqual(['close', 'old false'])
    expect(await ask()).toEqual(['keep-alive', 'new false'])
    agent.destroy()
  })

  test('is nothing to end by, while the settings file is read', async () => {
    await using project = createProject({
      'app.js': appSaying('hello'),
      'stapel.config.js': `process.kill(process.pid, 'SIGHUP')
export default {}
`,
    })
    await using running = serve(project.directory, [])
    expect(await text(await running.url())).toBe('hello false')
  })

  test('with code that cannot be loaded leaves the workers as they are, and says why once', async () => {
    await using project = createProject({ 'app.js': appSaying('old') })
    await using running = serve(project.directory, ['--workers', '2'])
    const url = await running.url()
    project.write('app.js', `throw new Error('not today')\n`)
    running.kill('SIGHUP')
    await running.printed(/The application could not be started anew; the workers that were there go on\n/)
    expect(running.output().match(/Error: not today/g)).toHaveLength(1)
    expect(await text(url)).toBe('old true')
    project.write('app.js', appSaying('new'))
    running.kill('SIGHUP')
    await running.printed(/All workers are new after /)
    expect(await textAnew(url)).toBe('new true')
  })
})

// robustness.md U3
describe('the end', () => {
  test.for(['SIGTERM', 'SIGINT'] as const)(
    '%s answers what is in flight, and ends with 0',
    async (signal) => {
      await using project = createProject({ 'app.js': appSaying('hello') })
      const running = serve(project.directory, ['--workers', '2'])
      const url = await running.url()
      const slow = Array.from({ length: 6 }, () => text(`${url}/slow`))
      await text(url)
      running.kill(signal)
      expect(await Promise.all(slow)).toEqual(Array.from({ length: 6 }, () => 'hello true'))
      expect((await running.ended).code).toBe(0)
      await expect(fetch(url)).rejects.toThrow()
    },
  )

  test('what does not end is cut after the timeout', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    const running = serve(project.directory, ['--timeout', '0'])
    const url = await running.url()
    const never = fetch(`${url}/never`)
    await text(url)
    running.kill('SIGTERM')
    await expect(never).rejects.toThrow()
    expect((await running.ended).code).toBe(0)
  })

  test('a second signal ends it at once', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    const running = serve(project.directory, [])
    const url = await running.url()
    const never = fetch(`${url}/never`)
    await text(url)
    running.kill('SIGTERM')
    await running.printed(/Got SIGTERM; requests in flight have 30 s\n/)
    running.kill('SIGTERM')
    await expect(never).rejects.toThrow()
    expect((await running.ended).code).toBe(143)
  })

  test('an application that listens for SIGTERM hears it after the last answer, and ends the process itself', async () => {
    await using project = createProject({
      'app.js': `${appSaying('hello')}process.on('SIGTERM', () => { console.log('cleaned up'); process.exit(0) })\n`,
    })
    const running = serve(project.directory, [])
    await running.url()
    running.kill('SIGTERM')
    const { code, stdout } = await running.ended
    expect([code, stdout]).toEqual([0, 'cleaned up\n'])
  })
})

describe('an application that cannot be started', () => {
  test('is reported once, with exit code 3', async () => {
    await using project = createProject({ 'app.js': `throw new Error('not today')\n` })
    const { code, stderr } = await serve(project.directory, ['--workers', '4']).ended
    expect(code).toBe(3)
    expect(stderr.match(/Error: not today/g)).toHaveLength(1)
    expect(stderr).toContain('app.js:1')
  })

  test('has no such export', async () => {
    await using project = createProject({ 'app.js': `export const other = 1\n` })
    const { code, stderr } = await serve(project.directory, []).ended
    expect(code).toBe(3)
    expect(stderr).toContain('stapel: app.js exports neither "app" nor a default; it exports other.')
  })

  test('ends its process while it is loaded', async () => {
    await using project = createProject({ 'app.js': `process.exit(5)\n` })
    const { code, stderr } = await serve(project.directory, []).ended
    expect(code).toBe(3)
    expect(stderr).toContain('The process of the worker ended with exit code 5 before it took requests.')
  })

  test('while it is loaded for ever, a signal ends it all the same', async () => {
    await using project = createProject({ 'app.js': `console.log('loading')\nfor (;;);\n` })
    await using running = serve(project.directory, [])
    await running.printed(/loading/)
    running.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  test.for([
    ['no certificate', 'key.pem', 'key.pem'],
    ['no key', 'cert.pem', 'cert.pem'],
  ])('with %s, which is one line before anything is started', async ([, cert = '', key = '']) => {
    await using project = createProject({ 'app.js': `console.log('loaded')\n` })
    project.write('cert.pem', testCertificate.cert)
    project.write('key.pem', testCertificate.key)
    const { code, stdout, stderr } = await serve(project.directory, ['--cert', cert, '--key', key]).ended
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^stapel: HTTPS cannot be served with [^\n]+; expected a certificate and its key, as PEM\.\n$/,
    )
  })

  // robustness.md D6
  test('a port in use is one line, and exit code 1', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, stderr } = await serve(project.directory, [`--port=${port}`, '--workers=2']).ended
    server.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(
      new RegExp(`^stapel: Cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use[^\n]+\\.\n$`),
    )
  })
})

describe('hooks', () => {
  const withHooks = `${appSaying('hello')}
export const onWorker = async ({ worker }) => { await null; console.log('module onWorker ' + worker) }
export const onExit = ({ worker }) => console.log('module onExit ' + worker)
`

  test('of the settings file stand around those of the application', async () => {
    await using project = createProject({
      'app.js': withHooks,
      'stapel.config.js': `export default {
  app: 'app.js',
  port: 0,
  onBoot: () => console.log('onBoot'),
  onWorker: ({ worker }) => console.log('onWorker ' + worker),
  onExit: ({ worker }) => console.log('onExit ' + worker),
}
`,
    })
    const running = stapel(project.directory, ['serve'])
    expect(await text(await running.url())).toBe('hello false')
    running.kill('SIGTERM')
    const { code, stdout } = await running.ended
    expect(stdout).toBe('onBoot\nonWorker 1\nmodule onWorker 1\nmodule onExit 1\nonExit 1\n')
    expect(code).toBe(0)
  })

  test('onBoot that fails ends the command with 3, before any worker', async () => {
    await using project = createProject({
      'app.js': `console.log('loaded')\n${appSaying('hello')}`,
      'stapel.config.mjs': `export default { onBoot() { throw new Error('no database') } }\n`,
    })
    const { code, stdout, stderr } = await serve(project.directory, []).ended
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain('Error: no database')
  })

  test('onWorker that fails is a worker that cannot be started', async () => {
    await using project = createProject({
      'app.js': `${appSaying('hello')}export function onWorker() { throw new Error('no cache') }\n`,
    })
    const { code, stderr } = await serve(project.directory, ['--workers=2']).ended
    expect(code).toBe(3)
    expect(stderr.match(/Error: no cache/g)).toHaveLength(1)
  })

  test('a hook that is no function is told in a line, with exit code 3', async () => {
    await using project = createProject({ 'app.js': `${appSaying('hello')}export const onWorker = 3\n` })
    expect(await serve(project.directory, ['--workers=2']).ended).toEqual({
      code: 3,
      stdout: '',
      stderr: 'stapel: Got the number 3 for onWorker in app.js; expected a function.\n',
    })
  })

  test('a name that is nearly that of a hook is told once, beside settings of a JSON file', async () => {
    await using project = createProject({
      'app.js': `${appSaying('hello')}export function onWoker() {}\n`,
      'stapel.config.json': '{ "app": "app.js", "port": 0, "workers": 2 }',
    })
    const running = stapel(project.directory, ['serve'])
    expect(await text(await running.url())).toBe('hello true')
    running.kill('SIGTERM')
    const { code, stderr } = await running.ended
    expect(
      stderr.match(/stapel: app\.js exports onWoker, which nothing calls; is it onWorker\?\n/g),
    ).toHaveLength(1)
    expect(code).toBe(0)
  })
})

describe('other protocols', () => {
  test('a WebSocket reaches one of several workers', async () => {
    await using project = createProject({
      'app.js': `export async function app(environ, startResponse) {
  const socket = await environ['wsgi.websocket'].accept()
  for await (const message of socket) socket.send('echo ' + message)
}
`,
    })
    await using running = serve(project.directory, ['--workers=2'])
    const asking = get(await running.url(), {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    })
    const [, socket] = (await once(asking, 'upgrade')) as [unknown, Socket]
    // A text frame, masked with zeros (RFC 6455 section 5.2).
    socket.write(Buffer.from('\x81\x85\0\0\0\0hello', 'latin1'))
    const [echo] = (await once(socket, 'data')) as [Buffer]
    expect(echo.toString('latin1')).toBe('\x81\x0aecho hello')
    running.kill('SIGTERM')
    // 1001: this end goes away.
    const [closing] = (await once(socket, 'data')) as [Buffer]
    expect(closing.subarray(0, 4)).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xe9]))
    socket.end(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]))
    expect((await running.ended).code).toBe(0)
  })

  test('HTTPS and HTTP/2 with a certificate of its own', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    const { cert, key } = testCertificate
    project.write('cert.pem', cert)
    project.write('key.pem', key)
    await using running = serve(project.directory, ['--cert', 'cert.pem', '--key', 'key.pem', '--workers=2'])
    const [, url = ''] = await running.printed(/ at (https:\S+)/)
    const session = connect(url, { ca: cert, servername: 'localhost' })
    const stream = session.request({ ':path': '/' })
    expect((await stream.setEncoding('utf8').toArray()).join('')).toBe('hello true')
    session.close()
  })
})

describe('observing', () => {
  test('the access log is a line of JSON a request, on standard output', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    const running = serve(project.directory, ['--access-log=json'])
    await text(`${await running.url()}/a`)
    running.kill('SIGTERM')
    const { stdout } = await running.ended
    expect(JSON.parse(stdout)).toMatchObject({ method: 'GET', target: '/a', status: 200 })
  })

  test('--healthz says whether the worker takes requests', async () => {
    await using project = createProject({ 'app.js': appSaying('hello') })
    await using running = serve(project.directory, ['--healthz', '/healthz'])
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = async (): Promise<number | undefined> => {
      const [response] = (await once(get(`${await running.url()}/healthz`, { agent }), 'response')) as [
        IncomingMessage,
      ]
      await response.toArray()
      return response.statusCode
    }
    expect(await ask()).toBe(200)
    running.kill('SIGHUP')
    await running.printed(/All workers are new/)
    expect(await ask()).toBe(503)
    expect(await ask()).toBe(200)
    agent.destroy()
  })
})
