/**
 * Links that open a place in the editor.
 *
 * The threat: a page that runs an editor on this machine. There is no address of ours that does so, which any site could call: it is a link, the
 * browser asks before it hands it on, and what opens is what the user's system has for that scheme. Where the editor is not known to take
 * such links, there is none.
 *
 * @module
 */
import { basename } from 'node:path'
import type { SourceLocation } from './source-location.ts'

/** Makes the address that opens a place in an editor; `undefined` where there is none. */
export type EditorLink = (location: SourceLocation) => string | undefined

/**
 * The links of the editor that `STAPEL_EDITOR`, or else `VISUAL` or `EDITOR` names: one of those known, or an address with `{file}`, `{line}` and
 * `{column}` in it. In the terminal of an editor it is that one.
 */
export function editorLink(env: Readonly<Record<string, string | undefined>> = process.env): EditorLink {
  const template = templateOf(env)
  if (template === undefined) return () => undefined
  return ({ file, line, column = 1 }) =>
    file.startsWith('node:')
      ? undefined
      : template.replace(/\{(file|line|column)\}/g, (_, key: string) => {
          if (key === 'file') return encodePath(file)
          return String(key === 'line' ? line : column)
        })
}

function templateOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = env.STAPEL_EDITOR
  if (given?.includes('{file}')) return allowed(given) ? given : undefined
  // An empty variable is none.
  for (const command of [given, env.TERM_PROGRAM, env.VISUAL, env.EDITOR]) {
    const template = command === undefined ? undefined : templates.get(nameOf(command))
    if (template !== undefined) return template
  }
  return undefined
}

/** The program of a command: `'/usr/bin/code --wait'` is `'code'`. */
function nameOf(command: string): string {
  return basename(command.trim().split(/\s+/)[0] ?? '').replace(/\.(?:exe|cmd)$/i, '')
}

/** Whether an address is one that opens a program, and none that a browser shows or runs itself. */
function allowed(template: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(template)?.[1]?.toLowerCase()
  return scheme !== undefined && !browsers.has(scheme)
}

const browsers = new Set(['javascript', 'data', 'vbscript', 'blob', 'http', 'https', 'file', 'about'])

function encodePath(file: string): string {
  const path = file.replaceAll('\\', '/')
  return encodeURI(path.startsWith('/') ? path : `/${path}`).replace(/[?#]/g, encodeURIComponent)
}

const like = (scheme: string): string => `${scheme}://file{file}:{line}:{column}`
const jetbrains = 'jetbrains://open?file={file}&line={line}&column={column}'

const templates: ReadonlyMap<string, string> = new Map([
  ['code', like('vscode')],
  ['vscode', like('vscode')],
  ['code-insiders', like('vscode-insiders')],
  ['codium', like('vscodium')],
  ['cursor', like('cursor')],
  ['windsurf', like('windsurf')],
  ['zed', like('zed')],
  ['zeditor', like('zed')],
  ['subl', 'subl://open?url=file://{file}&line={line}&column={column}'],
  ['mate', 'txmt://open?url=file://{file}&line={line}&column={column}'],
  ['idea', jetbrains.replace('jetbrains', 'idea')],
  ['webstorm', jetbrains.replace('jetbrains', 'webstorm')],
])
