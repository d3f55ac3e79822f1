import { ProtocolError } from './protocol-error.ts'
import type { Call } from './validate-call.ts'

/**
 * Clause 4.2, where no layer outside is validated: a body that the garbage collector takes before anybody has called `close()` was
 * forgotten, and is written to `wsgi.errors`. Late, and not at all when the process ends before; that a body was forgotten inside of a
 * validated layer is seen at once.
 */
export function watchDrop(body: object, call: Call): void {
  registry?.register(body, call)
}

// Not every runtime has one.
const registry: FinalizationRegistry<Call> | undefined =
  typeof FinalizationRegistry === 'function' ? new FinalizationRegistry(reportDrop) : undefined

function reportDrop(call: Call): void {
  if (call.closed) return
  const layer = call.outside
  call.report(
    new ProtocolError('4.2', `Forgot the body of ${call.name}: its close() was never called.`, { layer }),
  )
}
