/**
 * One case in a process of its own. With a channel to its parent: answers each message, a number of requests, by their time. Without: makes as many
 * requests as it is told to, for whoever counts its instructions.
 */
import { cases } from './cases.js'
import { createCall, run } from './request.js'

const [name, count] = process.argv.slice(2)
const call = createCall(cases[name])

if (process.send === undefined) {
  await run(call, Number(count))
  process.exit()
}

process.on('message', async ({ requests, heap }) => {
  if (heap) globalThis.gc()
  const before = process.memoryUsage().heapUsed
  // Of the processor: other work on the machine does not count.
  const started = process.cpuUsage()
  await run(call, requests)
  const { user, system } = process.cpuUsage(started)
  const bytes = heap ? (process.memoryUsage().heapUsed - before) / requests : 0
  process.send({ nanoseconds: ((user + system) * 1000) / requests, bytes })
})
process.on('disconnect', () => process.exit())
