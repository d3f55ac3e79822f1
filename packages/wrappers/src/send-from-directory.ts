import { type Application, NotFound } from '@stapel/core'
import { isDotfile, isSafeName } from '@stapel/core/http'
import { openBelow } from './open-file.ts'
import { isPath, notAPath, openedResponse } from './send-file.ts'
import { readSendFileOptions, type SendFileOptions } from './send-file-options.ts'

/** How a file of a directory is sent. */
export interface SendFromDirectoryOptions extends SendFileOptions {
  /**
   * Whether names that begin with a dot are sent. `'ignore'` takes them for absent, in every segment and at the end of a link, but for
   * `.well-known` (RFC 8615).
   * @default 'ignore'
   */
  dotfiles?: 'ignore' | 'allow' | undefined
}

/**
 * An application that sends the file of a path that a client chose, below a directory; on Node. The path is decoded, and given whole or in segments, as a
 * wildcard captures it. The rest is as with `sendFile`.
 *
 * Answers 404 where the path is not safe (see `safeJoin`), leads out of the directory by a link, to a hidden name or to anything but a file.
 * Whether this client may have the file is for the application to say. For whole trees by URL see `staticFiles` of `@stapel/middleware`.
 * Throws a TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { Router } from '@stapel/routing'
 * import { Request, sendFromDirectory } from '@stapel/wrappers'
 *
 * export const { app } = new Router().get(
 *   '/attachments/*path',
 *   Request.application<{ path: string[] }>(({ params }) =>
 *     sendFromDirectory('attachments', params.path, { attachment: true }),
 *   ),
 * )
 * ```
 */
export function sendFromDirectory(
  directory: string | URL,
  path: string | readonly string[],
  options: SendFromDirectoryOptions = {},
): Application {
  const { dotfiles = 'ignore', ...rest } = options
  const settings = readSendFileOptions(rest)
  if (dotfiles !== 'ignore' && dotfiles !== 'allow') {
    throw new TypeError(`Got ${JSON.stringify(dotfiles)} for dotfiles; expected 'ignore' or 'allow'.`)
  }
  const names = typeof path === 'string' ? path.split('/') : path
  if (!isPath(directory)) throw notAPath(directory, 'a directory')
  if (!Array.isArray(names)) {
    throw new TypeError(
      `Got ${String(path)} for a path below the directory; expected a string or a list of names.`,
    )
  }
  const allows = (name: string): boolean => dotfiles === 'allow' || !isDotfile(name)

  return async function sendFromDirectory(environ, startResponse) {
    if (!names.every(isSafeName) || !names.every(allows)) throw new NotFound()
    const opened = await openBelow(directory, names, allows)
    const response = await openedResponse(opened, names.at(-1) ?? '', environ, settings)
    return response.respond(environ, startResponse)
  }
}
