import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createProject, stapelCommand } from '../stapel-command.test-support.ts'
import { devKeys } from './dev-keys.ts'

/** The keys of a server, and what they said. */
function keysOf(server: Partial<Parameters<typeof devKeys>[0]> = {}): {
  press(key: string): void
  said: string[]
  opened: string[]
} {
  const said: string[] = []
  const opened: string[] = []
  const keys = devKeys(
    { url: 'http://127.0.0.1:8000/', outline: async () => 'log\n  site\x1b', ...server },
    { say: (text) => said.push(text) },
    async (url) => opened.push(url) > 1,
  )
  return { press: (name) => keys.find(({ key }) => key === name)?.run(), said, opened }
}

test('r restarts, where there is reload', () => {
  let restarts = 0
  keysOf({ restart: () => void restarts++ }).press('r')
  expect(restarts).toBe(1)
  const { press, said } = keysOf()
  press('?')
  expect(said[0]).not.toContain('restart')
})

test('l says the layers and rules, or that nothing runs', async () => {
  const { press, said } = keysOf()
  press('l')
  await expect.poll(() => said).toEqual(['log\n  site\\x1b'])
  const down = keysOf({ outline: async () => undefined })
  down.press('l')
  await expect.poll(() => down.said).toEqual(['The application is not running.'])
})

test('o opens the browser; where there is none, the address is said', async () => {
  const { press, said, opened } = keysOf()
  press('o')
  await expect.poll(() => said).toEqual(['No browser could be opened; the address is http://127.0.0.1:8000/'])
  press('o')
  expect(opened).toHaveLength(2)
})

test('? says what each key does', () => {
  const { press, said } = keysOf({ restart: () => {} })
  press('?')
  expect(said[0]).toBe(
    '  r  restart\n  o  open in the browser\n  l  layers and routes\n  c  clear\n  q  quit\n  ?  this help',
  )
})

/** Runs a command in a terminal; `steps` are what it is to print, and the key or the signal that it then gets. */
const program = `
import json, os, pty, select, signal, sys, termios, time
command, steps = json.loads(sys.argv[1])
master, slave = pty.openpty()
pid = os.fork()
if pid == 0:
    os.setsid()
    import fcntl
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2): os.dup2(slave, fd)
    os.execvp(command[0], command)
output = b''
modes = []
def canonical(): return bool(termios.tcgetattr(slave)[3] & termios.ICANON)
before = canonical()
for wanted, action in steps:
    end = time.time() + 50
    # The line may be printed before the keys are listened to.
    while (wanted.encode() not in output or canonical()) and time.time() < end:
        if select.select([master], [], [], 0.1)[0]: output += os.read(master, 65536)
    modes.append(canonical())
    if action.startswith('SIG'): os.kill(pid, getattr(signal, action))
    else: os.write(master, action.encode())
end = time.time() + 20
while time.time() < end:
    if select.select([master], [], [], 0.1)[0]: output += os.read(master, 65536)
    done, status = os.waitpid(pid, os.WNOHANG)
    if done: break
print(json.dumps({'output': output.decode(), 'modes': modes, 'before': before, 'after': canonical(), 'status': status}))
`

const hasPython = await promisify(execFile)('python3', ['-c', 'import pty']).then(
  () => true,
  () => false,
)

describe.skipIf(!hasPython)('in a terminal (skipped without python3)', { timeout: 90_000 }, () => {
  async function runInTerminal(
    steps: readonly (readonly [printed: string, action: string])[],
    env: Readonly<Record<string, string>> = {},
    beforeApp = '',
  ): Promise<{ output: string; modes: boolean[]; before: boolean; after: boolean; status: number }> {
    await using project = createProject({
      'app.js': `${beforeApp}
export function app(environ, startResponse) { startResponse('200 OK', []); return 'hello' }
`,
      // In the process that has the terminal, not in that of the application.
      'crash.mjs': `if (process.send === undefined) process.on('SIGUSR2', () => {
  if (process.env.CRASH === 'rejection') Promise.reject(new Error('crashed'))
  else throw new Error('crashed')
})
`,
    })
    const command = [process.execPath, stapelCommand, 'app.js', '--port=0']
    const { stdout } = await promisify(execFile)(
      'python3',
      ['-c', program, JSON.stringify([command, steps])],
      { cwd: project.directory, env: { ...process.env, ...env } },
    )
    return JSON.parse(stdout)
  }

  test('single keys help, restart, list and quit', async () => {
    const { output, status } = await runInTerminal([
      ['for the keys', '?'],
      ['this help', 'l'],
      ['app', 'r'],
      ['Ready in', 'q'],
    ])
    expect(output).toContain('  l  layers and routes')
    expect(output).toMatch(/Restarting[\s\S]*Ready in/)
    expect(status).toBe(0)
  })

  test('keys are listened to when a process that was there before them has ended', async () => {
    // Says when the process that loaded it first has gone, and all that Node does at its end is done.
    const beforeApp = `import { existsSync, readFileSync, writeFileSync } from 'node:fs'
if (!existsSync('first')) writeFileSync('first', String(process.pid))
else {
  const first = Number(readFileSync('first', 'utf8'))
  const timer = setInterval(() => {
    try { process.kill(first, 0) } catch { clearInterval(timer); console.log('The first has gone') }
  }, 10)
}`
    const steps = [
      ['for the keys', 'r'],
      ['The first has gone', 'q'],
    ] as const
    const { modes, after, status } = await runInTerminal(steps, {}, beforeApp)
    expect({ modes, after, status }).toEqual({ modes: [false, false], after: true, status: 0 })
  })

  test.for(['q', '\x03', '\x1c', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])(
    '%j leaves the terminal as it was',
    async (action) => {
      const { before, modes, after } = await runInTerminal([['for the keys', action]])
      expect({ before, modes, after }).toEqual({ before: true, modes: [false], after: true })
    },
  )

  test.for(['error', 'rejection'])(
    'a crash by an uncaught %s leaves the terminal as it was',
    async (crash) => {
      const env = { NODE_OPTIONS: '--import ./crash.mjs', CRASH: crash }
      const { output, before, modes, after, status } = await runInTerminal([['for the keys', 'SIGUSR2']], env)
      expect({ before, modes, after }).toEqual({ before: true, modes: [false], after: true })
      expect(output).toContain('Error: crashed')
      // Exit code 1, as the system has it.
      expect(status).toBe(256)
    },
  )
})
