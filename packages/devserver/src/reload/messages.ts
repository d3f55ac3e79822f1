import type { Failure } from '../failure/failure.ts'
import type { ApplicationKind } from '../load/adapt-application.ts'

/** What the parent process tells the application's process. */
export type ToChild =
  /** What follows will be a `load`, sooner or later; `modules` are those of Stapel's packages to load ahead, by their URLs. */
  | { readonly stapel: 'prepare'; readonly tsx: boolean; readonly modules: readonly string[] }
  | { readonly stapel: 'load'; readonly settings: ChildSettings }
  /** Tell the layers and rules of the application. */
  | { readonly stapel: 'outline' }
  /** No request is in flight any more: end. */
  | { readonly stapel: 'stop' }

/** What the application's process tells the parent; an application may send messages of its own, which are not these. */
export type ToParent =
  | { readonly stapel: 'files'; readonly files: readonly LoadedFile[] }
  /** `modules` are those of Stapel's packages that the application has loaded, by their URLs. */
  | { readonly stapel: 'ready'; readonly modules: readonly string[] }
  /** A request failed; the application goes on. */
  | { readonly stapel: 'threw'; readonly failure: Failure }
  | { readonly stapel: 'outline'; readonly text: string }
  /** It ends by its own will; the stack says who asked for it. */
  | { readonly stapel: 'exit'; readonly code: number; readonly stack: string }
  /** The application could not be loaded, or threw where nobody caught it; the process ends. */
  | { readonly stapel: 'failed'; readonly failure: Failure }

export interface ChildSettings extends LoadSettings {
  /** Where to serve: a unix socket or a named pipe. */
  readonly socketPath: string
  readonly peerHeader: string
  readonly maxHeaderSize: number
  /** The version of the code, where pages are to reload by themselves. */
  readonly live: string | undefined
}

export interface LoadSettings {
  /** The module's absolute path. */
  readonly file: string
  /** The target as it was written, for messages. */
  readonly text: string
  readonly exportName: string | undefined
  readonly call: boolean
  /** Whether tsx is needed, because Node cannot load the files itself. */
  readonly tsx: boolean
  /** What the export is, where that was said. */
  readonly as?: ApplicationKind | undefined
  /** Set where `file` is a directory whose files are served; whether directories without an index are listed. */
  readonly directory?: { readonly listing: boolean } | undefined
  /** Modules that are imported before the application's, as seen from the current directory. */
  readonly imports?: readonly string[] | undefined
  /** Absolute paths of files with variables, the one that goes before the others first; they need not be there. */
  readonly envFiles?: readonly string[] | undefined
}

/** A file that the application loaded, or looked for in vain. */
export interface LoadedFile {
  readonly path: string
  /** Its signature when it was found, before it was read; that of a missing file when it was not. */
  readonly signature: string
}
