import { createServer } from 'node:http'
import { layers } from '../scenarios.js'

/** The stack scenario with ten setHeader, which is what middleware on node:http comes to. */
export function create() {
  return createServer((_req, res) => {
    for (const [name, value] of layers) res.setHeader(name, value)
    res.setHeader('Content-Type', 'text/plain; charset=utf-8')
    res.setHeader('Content-Length', 13)
    res.end('Hello, World!')
  })
}
