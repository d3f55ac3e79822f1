import { type Body, type Environ, FilePieces, type FileWrapper } from '@stapel/core'

/** Whether a body is a file, which can be read to its end at once: one of core's, or of a wrapper that {@link markFiles} gave out. */
export function isFile(body: Body): boolean {
  return body instanceof FilePieces || (typeof body === 'object' && files.has(body))
}

/**
 * The environ for an application whose files are to be known by {@link isFile}: what its `wsgi.file_wrapper` makes is what the gateway's makes, and
 * so sent as fast where nobody encodes it.
 */
export function markFiles(environ: Environ): Environ {
  const wrapper = environ['wsgi.file_wrapper']
  if (wrapper === undefined) return environ
  let marking = wrappers.get(wrapper)
  if (marking === undefined) {
    marking = (source, options) => {
      const body = wrapper(source, options)
      files.add(body)
      return body
    }
    wrappers.set(wrapper, marking)
  }
  return { ...environ, 'wsgi.file_wrapper': marking }
}

const files = new WeakSet<object>()
const wrappers = new WeakMap<FileWrapper, FileWrapper>()
