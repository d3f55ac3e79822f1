import type { Application } from '@stapel/core'

/** An application that fails before it answers anything. */
export const failAtOnce: Application = () => {
  throw new Error('This route fails on purpose')
}

/**
 * An application that fails later: it announces a 202 and a cookie, has nothing to say yet, and throws. Nothing was sent by then, so that the layer
 * `unavailable` can still answer for it; neither the status nor the cookie reaches the visitor.
 */
export const failLater: Application = function* failLater(_environ, startResponse) {
  startResponse('202 Accepted', [['Set-Cookie', 'half=done']])
  yield ''
  throw new Error('This route fails on purpose, later')
}
