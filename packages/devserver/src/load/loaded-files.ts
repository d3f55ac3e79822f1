/**
 * Which files an application loads, told as it loads them: to know what to watch.
 *
 * @module
 */
import * as nodeModule from 'node:module'
import { dirname, extname, resolve as resolvePath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { packageRoot } from '../package-root.ts'
import { MISSING, signatureOf } from '../reload/file-signature.ts'
import type { LoadedFile } from '../reload/messages.ts'
import type { Resolution } from './loaded-files-hooks.ts'
import { isOwnModule } from './own-packages.ts'

/** How often CommonJS modules that were loaded late are looked for, in milliseconds, where Node has no hooks for them. */
export const REQUIRE_POLL_MS = 1000

/**
 * Reports the files that are loaded from now on, in batches; files below `node_modules` are left out. Returns a function that reports
 * at once what is not yet reported. `own` gets the URL of the file of each module of Stapel's packages that is imported by its name.
 */
export function trackLoadedFiles(
  report: (files: readonly LoadedFile[]) => void,
  own: (url: string) => void = () => {},
): () => void {
  const batch = new Batch(report, own)
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks }
  return registerHooks === undefined ? trackInThread(batch) : trackInPlace(batch, registerHooks)
}

/** The files that would satisfy an import that found nothing. */
export function candidatesFor(specifier: string, parent: string | undefined): string[] {
  const path = pathOf(specifier, parent)
  if (path === undefined) return []
  const extension = extname(path)
  const stem = path.slice(0, path.length - extension.length)
  const typed = typescriptFor.get(extension)
  if (typed !== undefined) return [path, ...typed.map((other) => stem + other)]
  return [path, ...guessed.map((other) => path + other)]
}

type Resolve<T> = (
  specifier: string,
  context: { parentURL?: string },
  next: (specifier: string, context: object) => T,
) => T
type RegisterHooks = (hooks: { resolve: Resolve<{ url: string }> }) => void

// TypeScript's own rule: an import of `./a.js` may mean `./a.ts`.
const typescriptFor = new Map([
  ['.js', ['.ts', '.tsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
  ['.ts', []],
  ['.mts', []],
  ['.cts', []],
  ['.tsx', []],
  ['.json', []],
])
const guessed = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']

function trackInPlace(batch: Batch, registerHooks: RegisterHooks): () => void {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        const result = next(specifier, context)
        batch.add({ url: result.url, specifier })
        return result
      } catch (error) {
        batch.addMissing(specifier, context.parentURL)
        throw error
      }
    },
  })
  return () => batch.flush()
}

function trackInThread(batch: Batch): () => void {
  const { port1, port2 } = new MessageChannel()
  nodeModule.register(new URL('dist/loaded-files-hooks.js', packageRoot), {
    data: { port: port2 },
    transferList: [port2],
  })
  port1.on('message', (resolution: Resolution) => batch.add(resolution))
  port1.unref()
  const required = requiredFiles(batch)
  setInterval(required, REQUIRE_POLL_MS).unref()
  return () => {
    for (;;) {
      const received: { message: Resolution } | undefined = receiveMessageOnPort(port1)
      if (received === undefined) break
      batch.add(received.message)
    }
    required()
    batch.flush()
  }
}

function requiredFiles(batch: Batch): () => void {
  const { cache } = nodeModule.createRequire(import.meta.url)
  let known = 0
  return () => {
    const paths = Object.keys(cache)
    for (const path of paths.slice(known)) batch.addLoaded(path)
    known = paths.length
  }
}

class Batch {
  readonly #report: (files: readonly LoadedFile[]) => void
  readonly #own: (url: string) => void
  readonly #seen = new Set<string>()
  #files: LoadedFile[] = []
  #scheduled = false

  constructor(report: (files: readonly LoadedFile[]) => void, own: (url: string) => void) {
    this.#report = report
    this.#own = own
  }

  add(resolution: Resolution): void {
    if (!('url' in resolution)) {
      this.addMissing(resolution.specifier, resolution.parent)
      return
    }
    this.addLoaded(resolution.url, resolution.signature)
    if (isOwnModule(resolution.specifier) && resolution.url.startsWith('file:///')) this.#own(resolution.url)
  }

  addLoaded(file: string, signature?: string): void {
    const path = pathOf(file, undefined)
    if (path !== undefined) this.#add(path, () => signature ?? signatureOf(path))
  }

  addMissing(specifier: string, parent: string | undefined): void {
    for (const [index, path] of candidatesFor(specifier, parent).entries()) {
      // A file that is there already did not satisfy the import, as that of `./a` by `a.js`: only its change may.
      this.#add(path, () => (index === 0 ? MISSING : signatureOf(path)))
    }
  }

  flush(): void {
    if (this.#files.length === 0) return
    const files = this.#files
    this.#files = []
    this.#report(files)
  }

  #add(path: string, signatureNow: () => string): void {
    if (this.#seen.has(path) || /[\\/]node_modules[\\/]/.test(path)) return
    this.#seen.add(path)
    this.#files.push({ path, signature: signatureNow() })
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.flush()
    })
  }
}

/** The path that a `file:` URL, a path or a relative specifier stands for; `undefined` for packages and what is no file. */
function pathOf(specifier: string, parent: string | undefined): string | undefined {
  try {
    if (specifier.startsWith('file:')) return fileURLToPath(specifier)
    if (/^(?:\/|[A-Za-z]:[\\/])/.test(specifier)) return resolvePath(specifier)
    if (!/^\.\.?(?:\/|\\|$)/.test(specifier) || parent === undefined) return undefined
    const parentPath = parent.startsWith('file:') ? fileURLToPath(parent) : parent
    return resolvePath(dirname(parentPath), specifier.replace(/[?#].*$/, ''))
  } catch {
    return undefined
  }
}
