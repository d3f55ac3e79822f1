/** One peer that reads forms, on a free port of loopback; tells its parent the port, and its processor time when asked. */
import { peers } from './peers.js'

const port = await peers[process.argv[2]]()
process.send({ port })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpu: user + system })
})
process.on('disconnect', () => process.exit())
