/** A server of one peer for one scenario: tells its parent the port, then the processor time it has used whenever it is asked. */
const [peer, scenario] = process.argv.slice(2)
const { create } = await import(`./servers/${peer}.js`)
const server = create(scenario)

const ready = (port) => process.send({ port })
if (server.listen.length === 1) {
  server.listen(ready)
} else {
  const listening = server.listen(0, '127.0.0.1', () => ready(listening.address().port))
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpu: user + system })
})
process.on('disconnect', () => process.exit())
