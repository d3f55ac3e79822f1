import { flag, type Option, text, whole } from './option.ts'
import type { Settings } from './settings.ts'

/** The address listened on unless `--host` says otherwise: this machine only. */
export const DEFAULT_HOST = '127.0.0.1'
/** The port unless `--port` or `$PORT` says otherwise. */
export const DEFAULT_PORT = 8000

/** Every setting, in the order of the help. */
export const options: { readonly [Name in keyof Settings]: Option<Settings[Name]> } = {
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
  reload: flag({
    help: 'serve from this one process, without watching files',
    fallback: true,
  }),
  json: flag({ help: 'print JSON', fallback: false }),
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
