import { describe, expect, test } from 'vitest'
import type { Given } from './option.ts'
import {
  flagName,
  misspelled,
  readSettings,
  type SettingName,
  type Settings,
  variableName,
} from './settings.ts'

/** The settings of flags, variables and a settings file. */
function settings(
  flags: Readonly<Partial<Record<SettingName, Given>>> = {},
  environment: Readonly<Record<string, string>> = {},
  file?: Readonly<Partial<Record<SettingName, Given>>>,
): Settings {
  const toMap = (values: object): Map<SettingName, Given> => new Map(Object.entries(values)) as never
  return readSettings({
    flags: toMap(flags),
    environment,
    file: file && { name: 'stapel.config.js', values: toMap(file) },
  })
}

test('without any, this machine is served, at the default port, with reload', () => {
  expect(settings()).toMatchObject({ host: '127.0.0.1', port: undefined, reload: true })
})

test('a flag goes before a variable, that before the file, that before the default', () => {
  expect(settings({ port: '1' }, { STAPEL_PORT: '2' }, { port: 3 }).port).toBe(1)
  expect(settings({}, { STAPEL_PORT: '2' }, { port: 3 }).port).toBe(2)
  expect(settings({}, {}, { port: 3 }).port).toBe(3)
})

test('$STAPEL_PORT goes before $PORT, which hosts set', () => {
  expect(settings({}, { PORT: '65535' }).port).toBe(65_535)
  expect(settings({}, { STAPEL_PORT: '2', PORT: '3' }).port).toBe(2)
})

test('what is asked once comes from the command line alone', () => {
  expect(settings({ user: 'a:b' }, {}).user).toBe('a:b')
  expect(settings({}, { STAPEL_USER: 'a:b', STAPEL_HEAD: 'x' })).toMatchObject({
    user: undefined,
    head: false,
  })
})

test('a variable that is nearly one of ours is told, with the one that was meant', () => {
  const environment = {
    STAPEL_WORKER: '2',
    STAPEL_KEEPALIVE: '5',
    STAPEL_PORT: '80',
    STAPEL_EDITOR: 'zed',
    STAPEL_DATABASE: 'x',
    WORKER: '2',
  }
  expect(misspelled(environment)).toEqual([
    ['STAPEL_WORKER', 'STAPEL_WORKERS'],
    ['STAPEL_KEEPALIVE', 'STAPEL_KEEP_ALIVE'],
  ])
})

test('an empty variable is none', () => {
  expect(settings({}, { PORT: '' }).port).toBeUndefined()
})

test('a switch is true or false in every place', () => {
  expect(settings({ reload: false }).reload).toBe(false)
  expect(settings({}, { STAPEL_RELOAD: '0' }).reload).toBe(false)
  expect(settings({}, { STAPEL_RELOAD: 'true' }, { reload: false }).reload).toBe(true)
  expect(settings({}, {}, { reload: false }).reload).toBe(false)
})

test('an IPv6 address may stand in brackets', () => {
  expect(settings({ host: '[::1]' }).host).toBe('::1')
})

// robustness.md D6
describe('a value that is none is refused with exit code 2 and the name of its place', () => {
  const number = 'expected a number from 0 to 65535.'
  const address = 'expected an address or a name, as in 127.0.0.1.'
  test.for([
    [{ port: '65536' }, {}, {}, `Got "65536" for --port; ${number}`],
    [{ port: '-1' }, {}, {}, `Got "-1" for --port; ${number}`],
    [{ port: '1e3' }, {}, {}, `Got "1e3" for --port; ${number}`],
    [{ port: '' }, {}, {}, `Got "" for --port; ${number}`],
    [{}, { PORT: 'http' }, {}, `Got "http" for $PORT; ${number}`],
    [{}, { STAPEL_PORT: 'http' }, {}, `Got "http" for $STAPEL_PORT; ${number}`],
    [{}, {}, { port: 1.5 }, `Got 1.5 for port in stapel.config.js; ${number}`],
    [{}, {}, { port: undefined }, `Got undefined for port in stapel.config.js; ${number}`],
    [{ host: '' }, {}, {}, `Got "" for --host; ${address}`],
    [{ host: 'http://a' }, {}, {}, `Got "http://a" for --host; ${address}`],
    [{}, { STAPEL_RELOAD: 'no' }, {}, 'Got "no" for $STAPEL_RELOAD; expected true or false.'],
  ] as const)('%j %j %j', ([flags, environment, file, message]) => {
    expect(() => settings(flags, environment, file)).toThrow(
      expect.objectContaining({ exitCode: 2, message }),
    )
  })
})

test('one name gives the flag and the variable', () => {
  expect([flagName('accessLog'), variableName('accessLog')]).toEqual(['access-log', 'STAPEL_ACCESS_LOG'])
})
