import { stack } from '@stapel/core'
import { fromNode, serve } from '@stapel/core/node'
import { compress, proxyFix, unavailable } from '@stapel/middleware'
import { create as createExpress } from './express.js'

/** An Express application inside a stack of three. */
export function create(scenario) {
  const app = stack(fromNode(createExpress(scenario)), proxyFix({ for: 1 }), unavailable(), compress())
  return { listen: (done) => serve(app, { port: 0 }).then(({ port, server }) => done(port, server)) }
}
