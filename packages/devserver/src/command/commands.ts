import type { Guarded } from './guarded.ts'
import type { SettingName, Settings } from './settings.ts'
import type { SettingsFile } from './settings-file.ts'

/** A command line that was understood. */
export interface Invocation {
  /** All arguments, as they were given. */
  readonly args: readonly string[]
  /** What stands on it besides options, without the name of the command. */
  readonly positionals: readonly string[]
  readonly settings: Settings
  /** The settings file, where there is one. */
  readonly file: SettingsFile | undefined
  /** Set in a process that another one guards. */
  readonly guarded: Guarded | undefined
}

/** A command: what its help says, and what it does. */
export interface CommandDefinition {
  /** The command line, without the options. */
  readonly usage: string
  /** What it does, in a sentence. */
  readonly summary: string
  /** Command lines and what they do. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[]
  /** The settings that mean something to it, in the order of the help; any other flag is refused. */
  readonly settings: readonly SettingName[]
  /** Runs it; gives the exit code. Imported when it is needed: starting to serve waits for nothing else. */
  run(invocation: Invocation): Promise<number>
}

export type CommandName = 'dev' | 'serve' | 'routes' | 'call' | 'check'

/** The commands by name; `dev` is that of a command line that names none. */
export const commands: Readonly<Record<CommandName, CommandDefinition>> = {
  dev: {
    usage: 'stapel <module[:export]> [options]',
    summary: 'Serves an application for development, and again whenever one of its files changes.',
    examples: [
      ['stapel app.ts:app', 'the export app of app.ts'],
      ['stapel app.js', 'its export app, or else the default export'],
      ["stapel 'app.ts:create()'", 'what the function create returns'],
      ['stapel server.js', 'an Express, Koa, Fastify, Hono or h3 application that it exports'],
      ['stapel ./public', 'the files of a directory'],
    ],
    settings: [
      'host',
      'port',
      'socket',
      'https',
      'cert',
      'key',
      'open',
      'allowHost',
      'watch',
      'ignore',
      'live',
      'reload',
      'trace',
      'showSecrets',
      'as',
      'import',
      'envFile',
      'app',
      'config',
    ],
    run: async (invocation) => (await import('./dev-command.ts')).runDev(invocation),
  },
  serve: {
    usage: 'stapel serve <module[:export]> [options]',
    summary: 'Serves an application in production: from several processes, which are replaced without a gap.',
    examples: [
      ['stapel serve app.ts:app --workers auto', 'one process a processor'],
      ['kill -HUP <pid>', 'starts the application anew, with no request refused'],
      ['kill <pid>', 'answers what is in flight, and ends'],
    ],
    settings: [
      'host',
      'port',
      'socket',
      'cert',
      'key',
      'workers',
      'timeout',
      'keepAlive',
      'maxRequests',
      'accessLog',
      'healthz',
      'as',
      'import',
      'envFile',
      'app',
      'config',
    ],
    run: async (invocation) => (await import('./serve-command.ts')).runServe(invocation),
  },
  routes: {
    usage: 'stapel routes [module[:export]] [options]',
    summary: 'Prints the layers of an application and the rules of its routers.',
    examples: [
      ['stapel routes', 'those of app.ts, app.js, src/app.ts …, the first that is there'],
      ['stapel routes app.ts:app --json', 'the same as JSON'],
    ],
    settings: ['json', 'as', 'import', 'envFile', 'app', 'config'],
    run: async (invocation) => (await import('./routes-command.ts')).runRoutes(invocation),
  },
  check: {
    usage: 'stapel check [module[:export]] [options]',
    summary: 'Asks an application what clients ask, and says what breaks the protocol.',
    examples: [
      ['stapel check', 'asks app.ts, app.js, src/app.ts …, the first that is there'],
      ['stapel check app.ts:app --json', 'prints JSON; the exit code is 1 when anything breaks the protocol'],
    ],
    settings: ['json', 'as', 'import', 'envFile', 'app', 'config'],
    run: async (invocation) => (await import('./check-command.ts')).runCheck(invocation),
  },
  call: {
    usage: 'stapel call [module[:export]] [METHOD] </path> [options]',
    summary: 'Asks an application once, without a server, and prints the answer.',
    examples: [
      ['stapel call /users/1 -i', 'asks app.ts, app.js, src/app.ts …, the first that is there'],
      [`stapel call app.ts:app POST /users --json '{"name":"Ada"}'`, 'sends JSON'],
    ],
    settings: [
      'request',
      'header',
      'cookie',
      'cookieJar',
      'user',
      'userAgent',
      'range',
      'compressed',
      'location',
      'maxRedirs',
      'maxTime',
      'insecure',
      'data',
      'dataRaw',
      'dataBinary',
      'dataUrlencode',
      'get',
      'jsonData',
      'form',
      'include',
      'head',
      'fail',
      'failWithBody',
      'output',
      'silent',
      'showError',
      'writeOut',
      'buffer',
      'verbose',
      'as',
      'import',
      'envFile',
      'app',
      'config',
    ],
    run: async (invocation) => (await import('./call-command.ts')).runCall(invocation),
  },
}
