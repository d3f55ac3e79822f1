import type { NetworkInterfaceInfo } from 'node:os'
import { formatMs } from './request-line.ts'
import { escapeControls, type Palette } from './terminal.ts'

export interface BannerOptions {
  readonly palette: Palette
  /** The target as it was written. */
  readonly target: string
  /** Where a browser on this machine finds the server. */
  readonly url: string
  readonly reload: boolean
  /** Whether other machines can reach the server. */
  readonly exposed: boolean
  /** Where they find it. */
  readonly network: readonly string[]
  /** Milliseconds since the start of the command; `undefined` where the application could not be started. */
  readonly ms: number | undefined
  /** Whether single keys are listened to. */
  readonly keys: boolean
}

/** What is said at the start, a line each: what is served, where, and how to stop. */
export function formatBanner(options: BannerOptions): string[] {
  const { palette, target, url, reload, exposed, network, ms, keys } = options
  const ready = ms === undefined ? '' : `, ready in ${formatMs(ms)}`
  const how = palette.dim(`(reload ${reload ? 'on' : 'off'}${ready})`)
  const warning = 'Other machines can reach it, and see source code when something fails.'
  return [
    `${palette.bold('Stapel')} serves ${palette.bold(escapeControls(target))} at ${palette.cyan(escapeControls(url))} ${how}`,
    ...network.map((address) => `Network: ${palette.cyan(address)}`),
    ...(exposed ? [palette.yellow(warning)] : []),
    palette.dim(keys ? 'Press ? for the keys, Ctrl+C to stop' : 'Press Ctrl+C to stop'),
  ]
}

/** So many addresses of the network are told. */
export const NETWORK_LIMIT = 8

/** Where other machines find a server that listens on every address; none where it listens on one, which `url` names. */
export function networkUrls(
  url: string,
  host: string,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  if (!every.has(host) || !URL.canParse(url)) return []
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(
      ({ internal, family, scopeid }) => !internal && (family === 'IPv4' || (host !== '0.0.0.0' && !scopeid)),
    )
    .slice(0, NETWORK_LIMIT)
    .map(({ address, family }) => {
      const own = new URL(url)
      own.hostname = family === 'IPv6' ? `[${address}]` : address
      return own.href
    })
}

const every = new Set(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'])
