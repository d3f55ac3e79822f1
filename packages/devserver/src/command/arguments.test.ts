import { describe, expect, test } from 'vitest'
import { parseArguments } from './arguments.ts'

test('what is no option is handed on in its order', () => {
  expect(parseArguments(['app.ts'])).toEqual({
    command: 'dev',
    positionals: ['app.ts'],
    flags: new Map(),
    help: false,
    version: false,
  })
  expect(parseArguments(['--', 'app.ts', '--port']).positionals).toEqual(['app.ts', '--port'])
})

test('options may stand before and after the target', () => {
  const { positionals, flags } = parseArguments(['--host', '::1', 'app.ts', '-p', '0', '--no-reload'])
  expect(positionals).toEqual(['app.ts'])
  expect([...flags]).toEqual([
    ['host', '::1'],
    ['port', '0'],
    ['reload', false],
  ])
})

test('the first argument that is the name of a command names it', () => {
  expect(parseArguments(['routes', 'app.ts'])).toMatchObject({ command: 'routes', positionals: ['app.ts'] })
  expect(parseArguments(['--json', 'routes', 'app.ts'])).toMatchObject({ command: 'routes' })
})

test('a command has flags and letters of its own', () => {
  const { flags, version } = parseArguments(['call', '/', '--json', '{}', '-v', '-H', 'A: 1', '-H', 'B: 2'])
  expect([...flags]).toEqual([
    ['jsonData', ['{}']],
    ['verbose', true],
    ['header', ['A: 1', 'B: 2']],
  ])
  expect(version).toBe(false)
  expect(parseArguments(['call', '--version']).version).toBe(true)
  expect([...parseArguments(['check', 'app.ts', '--json']).flags]).toEqual([['json', true]])
})

test('a file of that name is served by its path', () => {
  expect(parseArguments(['./routes'])).toMatchObject({ command: 'dev', positionals: ['./routes'] })
})

test('dev is no name of a command, and neither is what every object has', () => {
  expect(parseArguments(['dev'])).toMatchObject({ command: 'dev', positionals: ['dev'] })
  expect(parseArguments(['constructor'])).toMatchObject({ command: 'dev', positionals: ['constructor'] })
})

test('--help and --version need no target', () => {
  expect(parseArguments(['--help'])).toMatchObject({ help: true, version: false, positionals: [] })
  expect(parseArguments(['-v'])).toMatchObject({ help: false, version: true })
})

describe('a wrong command line is refused with exit code 2', () => {
  test.for([
    [['app.ts', '--frobnicate'], "Unknown option '--frobnicate'; see stapel --help."],
    [['app.ts', '--prot=1'], "Unknown option '--prot'; is it --port?"],
    [['app.ts', '--no-relaod'], "Unknown option '--no-relaod'; is it --no-reload?"],
    [['app.ts', '--constructor', '-x'], "Unknown option '--constructor'; see stapel --help."],
    [['app.ts', '-x'], "Unknown option '-x'; see stapel --help."],
    [['app.ts', '--no-prot'], "Unknown option '--no-prot'; see stapel --help."],
    [['app.ts', '--no-port'], "Unknown option '--no-port'; is it --port?"],
    [['app.ts', '--port'], 'Got no value for --port; see stapel --help.'],
    [['app.ts', '--open=yes'], 'Got a value for --open, which takes none; see stapel --help.'],
    [
      ['app.ts', '--host', '--open'],
      'Got --open where --host needs a value; one that begins with a dash is given as --host=--open',
    ],
    [['app.ts', '-p', '-h'], 'Got -h where -p needs a value; one that begins with a dash is given as -p-h'],
    [['serve', 'app.ts', '--frobnicate'], "Unknown option '--frobnicate'; see stapel serve --help."],
    [['routes', '--frobnicate'], "Unknown option '--frobnicate'; see stapel routes --help."],
    [['check', '-z'], "Unknown option '-z'; see stapel check --help."],
    [['call', '/', '--frobnicate'], "Unknown option '--frobnicate'; see stapel call --help."],
    [['call', '/', '-H'], 'Got no value for -H; see stapel call --help.'],
    [
      ['routes', 'a.ts', '--port', '1'],
      'Got --port, which stapel routes does not have; it is one of stapel and stapel serve.',
    ],
    [
      ['app.ts', '--json'],
      'Got --json, which stapel without a command does not have; it is one of stapel routes, stapel check and stapel call.',
    ],
    [
      ['app.ts', '--socket', 'a.sock', '-p', '80'],
      'Got --socket and --port; an application is served at one or the other.',
    ],
    [
      ['serve', 'app.ts', '--host', '::', '--socket', 'a.sock'],
      'Got --socket and --host; an application is served at one or the other.',
    ],
  ] as const)('%j', ([args, message]) => {
    expect(() => parseArguments(args)).toThrow(expect.objectContaining({ exitCode: 2, message }))
  })
})

test('a number below zero is a value, and is told from options by who reads it', () => {
  expect([...parseArguments(['serve', 'app.ts', '--workers', '-1', '-p', '-2']).flags]).toEqual([
    ['workers', '-1'],
    ['port', '-2'],
  ])
})

test('what is sent as it is may look like an option', () => {
  const { flags } = parseArguments(['call', '/', '-d', '-----BEGIN', '-sd', '--json', '--data=-x'])
  expect([...flags]).toEqual([
    ['data', ['-----BEGIN', '--json', '-x']],
    ['silent', true],
  ])
})
