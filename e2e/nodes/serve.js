// Serves what was found to differ between versions of Node, by what is published, until its input ends.
import { randomBytes } from 'node:crypto'
import { stack } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { compress } from '@stapel/middleware'

const noise = Array.from({ length: 8 }, () => randomBytes(100_000))

const app = stack(async function* streamed(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  yield* noise
}, compress())

const running = await serve(app, { port: 0 })
console.log(running.url)
process.stdin.resume().on('end', () => running.close({ timeout: 0 }))
