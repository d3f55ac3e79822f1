import { firstLines } from '../failure/outline-lines.ts'
import type { DevServer } from '../reload/dev-server.ts'
import { formatKeys, type Key, listenForKeys } from './keys.ts'
import type { Reporter } from './reporter.ts'
import { escapeLines } from './terminal.ts'

/** Listens for the keys of the development server on standard input, as soon as it has started; gives the end of that. */
export function listenForDevKeys(
  starting: Promise<Pick<DevServer, 'url' | 'restart' | 'outline'>>,
  reporter: Pick<Reporter, 'say'>,
): () => void {
  let keys: ReadonlyMap<string, Key> = new Map()
  const started = starting.then((server) => {
    keys = new Map(devKeys(server, reporter).map((key) => [key.key, key]))
  })
  // Whoever starts it tells why it did not.
  started.catch(() => {})
  return listenForKeys(process.stdin, (key) => keys.get(key)?.run())
}

/** The keys of the development server. */
export function devKeys(
  server: Pick<DevServer, 'url' | 'restart' | 'outline'>,
  { say }: Pick<Reporter, 'say'>,
  open: (url: string) => Promise<boolean> = openInBrowser,
): Key[] {
  const { restart } = server
  const keys: Key[] = [
    ...(restart === undefined ? [] : [{ key: 'r', meaning: 'restart', run: restart }]),
    { key: 'o', meaning: 'open in the browser', run: () => void openServer() },
    { key: 'l', meaning: 'layers and routes', run: () => void printOutline() },
    // The screen, what scrolled off it, and the cursor at its start.
    { key: 'c', meaning: 'clear', run: () => say('\x1b[2J\x1b[3J\x1b[H') },
    { key: 'q', meaning: 'quit', run: () => void process.kill(process.pid, 'SIGINT') },
    { key: '?', meaning: 'this help', run: () => say(formatKeys(keys).join('\n')) },
  ]
  async function openServer(): Promise<void> {
    // A unix socket has no address that a browser knows.
    if (!(URL.canParse(server.url) && (await open(server.url))))
      say(`No browser could be opened; the address is ${server.url}`)
  }
  async function printOutline(): Promise<void> {
    const outline = await server.outline()
    say(outline === undefined ? 'The application is not running.' : escapeLines(firstLines(outline)))
  }
  // People press Enter to set off what follows.
  return [...keys, { key: '\r', meaning: '', run: () => say('') }]
}

async function openInBrowser(url: string): Promise<boolean> {
  return (await import('./open-url.ts')).openUrl(url)
}
