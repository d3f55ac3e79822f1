import { spawn } from 'node:child_process'

/** Opens an address in the browser of the system; resolves to whether something took it. */
export function openUrl(url: string): Promise<boolean> {
  const [command, ...args] = opener(url)
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}

function opener(url: string): [command: string, ...args: string[]] {
  if (process.platform === 'darwin') return ['open', url]
  // The first argument of `start` is the title of a window.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '', url]
  return ['xdg-open', url]
}
