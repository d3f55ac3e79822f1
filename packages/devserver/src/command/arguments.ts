import { parseArgs } from 'node:util'
import { CommandError } from './command-error.ts'
import { parseTarget, type Target } from './target.ts'

/** What a command line asks for. */
export type Command =
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | {
      readonly action: 'serve'
      readonly target: Target
      readonly host: string
      readonly port: number
      readonly reload: boolean
    }
  | {
      readonly action: 'routes'
      readonly target: Target
      readonly json: boolean
    }

/** The address listened on unless `--host` says otherwise: this machine only. */
export const DEFAULT_HOST = '127.0.0.1'
/** The port unless `--port` or `$PORT` says otherwise. */
export const DEFAULT_PORT = 8000

/** What `stapel --help` prints. */
export const usage: string = `Usage: stapel <module[:export]> [options]
       stapel routes <module[:export]> [--json]

Serves an application for development, and again whenever one of its files changes.

  stapel app.ts:app           the export app of app.ts
  stapel app.js               its export app, or else the default export
  stapel 'app.ts:create()'    what the function create returns
  stapel routes app.ts:app    prints its layers and the rules of its routers

Options:
      --host <address>   where to listen (default ${DEFAULT_HOST}: this machine only)
  -p, --port <number>    the port; 0 takes a free one (default $PORT, or else ${DEFAULT_PORT})
      --no-reload        serve from this one process, without watching files
      --json             print the routes as JSON
  -h, --help             print this
  -v, --version          print the version
`

/** Reads a command line; throws a {@link CommandError} with exit code 2 when it is wrong. */
export function parseCommand(args: readonly string[], env: { readonly PORT?: string | undefined }): Command {
  const { values, positionals } = parse(args)
  if (values.help === true) return { action: 'help' }
  if (values.version === true) return { action: 'version' }
  const routes = positionals[0] === 'routes'
  const [target, ...rest] = routes ? positionals.slice(1) : positionals
  if (target === undefined) {
    throw new CommandError(
      routes
        ? 'Name the application whose routes to print, as in: stapel routes app.ts:app'
        : 'Name the application to serve, as in: stapel app.ts:app',
      2,
    )
  }
  if (rest.length > 0) {
    throw new CommandError(
      `Got ${rest.map(quote).join(' ')} besides ${quote(target)}; expected one application.`,
      2,
    )
  }
  if (routes) {
    checkNot(values, ['host', 'port', 'no-reload'], 'stapel routes serves nothing')
    return { action: 'routes', target: parseTarget(target), json: values.json === true }
  }
  checkNot(values, ['json'], 'only stapel routes prints JSON')
  return {
    action: 'serve',
    target: parseTarget(target),
    host: parseHost(values.host),
    port: values.port === undefined ? portOf(env.PORT, '$PORT') : portOf(values.port, '--port'),
    reload: values['no-reload'] !== true,
  }
}

interface Parsed {
  values: {
    host?: string
    port?: string
    'no-reload'?: boolean
    json?: boolean
    help?: boolean
    version?: boolean
  }
  positionals: string[]
}

function checkNot(
  values: Parsed['values'],
  names: readonly (keyof Parsed['values'])[],
  reason: string,
): void {
  const given = names.find((name) => values[name] !== undefined)
  if (given !== undefined) throw new CommandError(`Got --${given}, but ${reason}; see stapel --help.`, 2)
}

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        host: { type: 'string' },
        port: { type: 'string', short: 'p' },
        'no-reload': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    })
  } catch (cause) {
    // Node's message goes on with advice that does not fit here.
    const message = (cause as Error).message.split(/\. |\n/)[0] as string
    throw new CommandError(`${message.replace(/\.$/, '')}; see stapel --help.`, 2, { cause })
  }
}

function portOf(text: string | undefined, where: string): number {
  if (text === undefined || (text === '' && where === '$PORT')) return DEFAULT_PORT
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new CommandError(`Got ${quote(text)} for ${where}; expected a number from 0 to 65535.`, 2)
}

function parseHost(text: string | undefined): string {
  if (text === undefined) return DEFAULT_HOST
  const host = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text
  if (host !== '' && !/[\s/]/.test(host)) return host
  throw new CommandError(`Got ${quote(text)} for --host; expected an address or a name, as in 127.0.0.1.`, 2)
}

function quote(text: string): string {
  return JSON.stringify(text)
}
