/** A case of `bench/layers.js` behind the gateway. */
import { serve } from '@stapel/core/node'
import { cases } from '../layers/cases.js'

export function create(name) {
  const app = cases[name].make()
  return { listen: (done) => serve(app, { port: 0 }).then(({ port, server }) => done(port, server)) }
}
