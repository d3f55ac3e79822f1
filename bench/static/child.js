/** A server of files: tells its parent the port, then its processor time and memory whenever it is asked. */
import { servers } from './servers.js'

const [name, directory] = process.argv.slice(2)
servers[name](directory).listen((port) => process.send({ port }))

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpu: user + system, memory: process.memoryUsage() })
})
process.on('disconnect', () => process.exit())
