/** A server in a process of its own: tells its parent the port, then the processor time it has used whenever it is asked. */
import { servers } from './servers.js'

servers[process.argv[2]]().listen((port) => process.send?.({ port }))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpu: user + system })
})
process.on('disconnect', () => process.exit())
