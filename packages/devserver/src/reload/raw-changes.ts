import { join } from 'node:path'
import type { FSWatcher } from 'chokidar'

/**
 * Tells of each path that the system reports below a watched directory, also where chokidar makes no event of it: of two changes within 50 ms, as where a
 * file is emptied and then written, it has one for the first, and none for a file that was replaced while it began to watch.
 */
export function onRawChange(watcher: FSWatcher, changed: (path: string) => void): void {
  watcher.on('raw', (_event, name, details) => {
    const { watchedPath } = details as { watchedPath?: unknown }
    if (typeof watchedPath === 'string' && typeof name === 'string') changed(join(watchedPath, name))
  })
}
