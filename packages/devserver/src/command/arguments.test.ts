import { describe, expect, test } from 'vitest'
import { parseCommand } from './arguments.ts'

const target = { text: 'app.ts', file: 'app.ts', exportName: undefined, call: false }

test('a target alone is served on this machine, port 8000, with reload', () => {
  expect(parseCommand(['app.ts'], {})).toEqual({
    action: 'serve',
    target,
    host: '127.0.0.1',
    port: 8000,
    reload: true,
  })
})

test('options may stand before and after the target', () => {
  expect(parseCommand(['--host', '::1', 'app.ts', '-p', '0', '--no-reload'], {})).toEqual({
    action: 'serve',
    target,
    host: '::1',
    port: 0,
    reload: false,
  })
})

test('--port goes before $PORT, which goes before the default; an empty $PORT is none', () => {
  expect(parseCommand(['app.ts', '--port', '1'], { PORT: '2' })).toMatchObject({ port: 1 })
  expect(parseCommand(['app.ts'], { PORT: '65535' })).toMatchObject({ port: 65_535 })
  expect(parseCommand(['app.ts'], { PORT: '' })).toMatchObject({ port: 8000 })
})

test('an IPv6 address may stand in brackets', () => {
  expect(parseCommand(['app.ts', '--host', '[::1]'], {})).toMatchObject({ host: '::1' })
})

test('--help and --version need no target', () => {
  expect(parseCommand(['--help'], {})).toEqual({ action: 'help' })
  expect(parseCommand(['-v'], {})).toEqual({ action: 'version' })
})

describe('a wrong command line is refused with exit code 2', () => {
  const wrong: readonly [args: string[], env: { PORT?: string }, message: string][] = [
    [['app.ts'], { PORT: 'http' }, 'Got "http" for $PORT; expected a number from 0 to 65535.'],
    [['app.ts', '--port', '65536'], {}, 'Got "65536" for --port; expected a number from 0 to 65535.'],
    [['app.ts', '--port=-1'], {}, 'Got "-1" for --port; expected a number from 0 to 65535.'],
    [['app.ts', '--port', '1e3'], {}, 'Got "1e3" for --port; expected a number from 0 to 65535.'],
    [['app.ts', '--port', ''], {}, 'Got "" for --port; expected a number from 0 to 65535.'],
    [['app.ts', '--host', ''], {}, 'Got "" for --host; expected an address or a name, as in 127.0.0.1.'],
    [
      ['app.ts', '--host', 'http://a'],
      {},
      'Got "http://a" for --host; expected an address or a name, as in 127.0.0.1.',
    ],
    [['--', 'app.ts', '--port'], {}, 'Got "--port" besides "app.ts"; expected one application.'],
  ]
  test.for(wrong)('%j %j', ([args, env, message]) => {
    expect(() => parseCommand(args, env)).toThrow(expect.objectContaining({ exitCode: 2, message }))
  })
})

describe('routes', () => {
  test('has a target, and may print JSON', () => {
    expect(parseCommand(['routes', 'app.ts'], {})).toEqual({ action: 'routes', target, json: false })
    expect(parseCommand(['--json', 'routes', 'app.ts'], {})).toEqual({ action: 'routes', target, json: true })
  })

  test('needs a target, and takes no options of serving', () => {
    expect(() => parseCommand(['routes'], {})).toThrow(
      'Name the application whose routes to print, as in: stapel routes app.ts:app',
    )
    expect(() => parseCommand(['routes', 'app.ts', '--port', '1'], {})).toThrow(
      'Got --port, but stapel routes serves nothing; see stapel --help.',
    )
    expect(() => parseCommand(['app.ts', '--json'], {})).toThrow(
      'Got --json, but only stapel routes prints JSON; see stapel --help.',
    )
  })

  test('a file of that name is served by its path', () => {
    expect(parseCommand(['./routes'], {})).toMatchObject({ action: 'serve', target: { file: './routes' } })
  })
})
