/** A server of its own process, for the tests of its end: it answers when the body of a request is whole, and says what it is at. */
import { serve, systemdSockets } from '@stapel/core/node'

const [fd] = systemdSockets()
const running = await serve(
  async (environ, startResponse) => {
    console.log(`entered ${environ.PATH_INFO}`)
    const bytes = await environ['stapel.context'].read()
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return bytes.length === 0 ? 'nothing' : bytes
  },
  fd === undefined ? { port: 0, signals: true } : { fd, signals: true },
)
console.log(`listens at ${running.url}`)
await running.closed
console.log('closed')
// Something that keeps the process, as a pool of connections to a database would.
if (process.env.STAYS) setInterval(() => {}, 1_000)
