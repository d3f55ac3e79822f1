import { availableParallelism } from 'node:os'
import { callOptions } from '../call/call-options.ts'
import type { ApplicationKind } from '../load/adapt-application.ts'
import { flag, type Option, text, texts, whole, word } from './option.ts'
import type { Settings } from './settings.ts'

/** The address listened on unless `--host` says otherwise: this machine only. */
export const DEFAULT_HOST = '127.0.0.1'
/** The port unless `--port` or `$PORT` says otherwise. */
export const DEFAULT_PORT = 8000

/** So many processes `stapel serve` has at most. */
export const WORKERS_LIMIT = 1024

/** Every setting, in the order of the help. */
export const options: { readonly [Name in keyof Settings]: Option<Settings[Name]> } = {
  app: text(
    { value: '<module>', help: 'the application, where the command line names none', fallback: undefined },
    'a module, as in app.ts:app',
  ),
  config: text(
    {
      value: '<file>',
      help: 'the settings file (default stapel.config.js, .mjs, .ts, .mts or .json, where there is one)',
      fallback: undefined,
    },
    'the path of a file',
  ),
  as: word<ApplicationKind, undefined>(
    {
      value: '<kind>',
      help: 'what the export is, where a function does not tell: node for (req, res), fetch or stapel',
      fallback: undefined,
    },
    ['node', 'fetch', 'stapel'],
  ),
  import: texts(
    { value: '<module>', help: 'import a module before the application; may be repeated' },
    'a path or the name of a package',
  ),
  envFile: texts(
    {
      value: '<file>',
      help: 'set variables from a file; may be repeated (default .env.local and .env, where they are there; none for stapel serve)',
    },
    'the path of a file',
  ),
  host: hostOption(),
  port: whole(
    {
      short: 'p',
      value: '<number>',
      variable: 'PORT',
      help: `the port; 0 takes a free one (default $PORT, or else ${DEFAULT_PORT})`,
      fallback: undefined,
    },
    0,
    65_535,
  ),
  socket: text(
    { value: '<path>', help: 'listen on a unix socket, in place of a port', fallback: undefined },
    'the path of a socket',
  ),
  cert: text(
    { value: '<file>', help: 'serve HTTPS with the certificate of this file (PEM)', fallback: undefined },
    'the path of a file',
  ),
  key: text(
    { value: '<file>', help: 'the private key of the certificate (PEM)', fallback: undefined },
    'the path of a file',
  ),
  https: flag({
    help: 'serve HTTPS and HTTP/2, with a certificate for localhost that is made at the first time',
    fallback: false,
  }),
  open: flag({ help: 'open a browser', fallback: false }),
  workers: workersOption(),
  timeout: whole(
    {
      value: '<seconds>',
      help: 'how long requests in flight may take when it stops (default 30)',
      fallback: 30,
    },
    0,
    86_400,
  ),
  keepAlive: whole(
    {
      value: '<seconds>',
      help: 'how long an idle connection is kept; longer than the proxy in front keeps its own (default 5)',
      fallback: 5,
    },
    1,
    86_400,
  ),
  maxRequests: whole(
    {
      value: '<number>',
      help: 'replace a worker by a new one after about so many requests (default 0: never)',
      fallback: 0,
    },
    0,
    Number.MAX_SAFE_INTEGER,
  ),
  accessLog: word(
    {
      value: '<format>',
      help: 'write a line for each request to standard output: json, combined or off (default off)',
      fallback: 'off',
    },
    ['json', 'combined', 'off'],
  ),
  healthz: text(
    {
      value: '<path>',
      help: 'answer 200 for this path, and 503 while a worker is draining, as in /healthz',
      fallback: undefined,
    },
    'a path that begins with /',
    (path) => /^\/[^?#\s]*$/.test(path),
  ),
  allowHost: texts(
    {
      value: '<name>',
      help: 'answer for a host besides localhost and addresses; .example.org for all below it, too; may be repeated',
    },
    'a name, as in dev.example.org or .example.org',
    (name) => /^[^\s/]+$/.test(name),
  ),
  watch: texts(
    {
      value: '<glob>',
      help: 'restart when such a file changes, besides those that are loaded; may be repeated',
    },
    'a glob, as in templates/**',
    isGlob,
  ),
  ignore: texts(
    { value: '<glob>', help: 'never restart for such a file; may be repeated' },
    'a glob, as in data/**',
    isGlob,
  ),
  live: flag({
    help: 'reload pages in the browser by themselves, and swap the style sheets that --watch names',
    fallback: false,
  }),
  reload: flag({
    help: 'serve from this one process, without watching files',
    fallback: true,
  }),
  trace: flag({ help: 'print requests and answers as curl -v does', fallback: false }),
  showSecrets: flag({
    help: 'print secret parameters of addresses, and with --trace cookies and credentials',
    fallback: false,
  }),
  json: flag({ help: 'print JSON', fallback: false }),
  ...callOptions,
}

/** Longer ones are none that a person writes. */
function isGlob(text: string): boolean {
  return text !== '' && text.length <= 1000
}

function hostOption(): Option<string> {
  const option = text(
    {
      value: '<address>',
      help: `where to listen (default ${DEFAULT_HOST}: this machine only)`,
      fallback: DEFAULT_HOST,
    },
    'an address or a name, as in 127.0.0.1',
    (host) => host !== '' && !/[\s/]/.test(host),
  )
  // An IPv6 address may stand in brackets, as in a URL.
  const bare = (given: unknown): unknown =>
    typeof given === 'string' && /^\[.+\]$/.test(given) ? given.slice(1, -1) : given
  return { ...option, read: (given, where) => option.read(bare(given), where) }
}

function workersOption(): Option<number> {
  const option = whole(
    {
      value: '<number>',
      variable: 'WEB_CONCURRENCY',
      help: 'how many processes answer requests; auto for one a processor (default $WEB_CONCURRENCY, or else 1)',
      fallback: 1,
    },
    1,
    WORKERS_LIMIT,
    `a number from 1 to ${WORKERS_LIMIT}, or auto`,
  )
  const count = (given: unknown): unknown =>
    given === 'auto' ? Math.min(availableParallelism(), WORKERS_LIMIT) : given
  return { ...option, read: (given, where) => option.read(count(given), where) }
}
