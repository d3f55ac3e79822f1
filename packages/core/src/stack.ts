import { describe } from './body.ts'
import { checkApplication } from './check-application.ts'
import { createJoint } from './joint.ts'
import { noteLayer } from './outline.ts'
import type { Application, Middleware } from './protocol.ts'

/**
 * Puts middleware around an application; the first named is the outermost.
 *
 * The result is an application like any other: nothing is registered, nothing can be added later, and {@link outline} prints it. Inside
 * {@link validate}, which may be a layer of the stack or stand around it, each layer is checked on its own, and messages have its name.
 * Throws a TypeError when something is no function, or a middleware gives none.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 *
 * export const app = stack(
 *   (environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return `Hello from ${environ.PATH_INFO}`
 *   },
 *   (inner) => (environ, startResponse) =>
 *     inner(environ, (status, headers, error) => startResponse(status, [...headers, ['X-Layer', 'outer']], error)),
 * )
 * ```
 */
export function stack(app: Application, ...middleware: readonly Middleware[]): Application {
  checkApplication(app)
  let outer = app
  for (let i = middleware.length - 1; i >= 0; i--) {
    const layer = middleware[i] as Middleware
    checkFunction(layer, `layer ${i + 1} of the stack`, 'a middleware')
    const inner = outer
    const joint = createJoint(inner)
    outer = layer(joint)
    checkFunction(
      outer,
      `what layer ${i + 1} of the stack (${layer.name || 'anonymous'}) returned`,
      'an application',
    )
    if (outer === joint) outer = inner
    noteLayer(outer, layer, inner)
  }
  return outer
}

function checkFunction(value: unknown, where: string, expected: string): void {
  if (typeof value !== 'function') {
    throw new TypeError(`Got ${describe(value)} for ${where}; expected ${expected}, which is a function.`)
  }
}
