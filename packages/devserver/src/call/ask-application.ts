import { type ClientRequest, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Application, ErrorLog } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { CommandError } from '../command/command-error.ts'
import { type CallAnswer, createAnswer } from './call-answer.ts'
import type { CallRequest } from './call-request.ts'
import { connectInMemory } from './memory-connection.ts'

/** The exit code where there is no answer, as curl's for an empty reply. */
export const NO_ANSWER_CODE = 52

/**
 * Asks an application over a connection within this process: the gateway is the one that serves, so that the answer is what a client of a server would get, but
 * for `Date`. Resolves when the head of the answer is there.
 *
 * Throws a {@link CommandError}: with exit code 2 for a request that cannot be written, with {@link NO_ANSWER_CODE} when there is no answer.
 */
export async function askApplication(
  app: Application,
  call: CallRequest,
  errors: ErrorLog,
): Promise<CallAnswer> {
  const running = await serve(app, { listen: false, errors })
  running.server.prependListener('request', (_req, res) => {
    res.sendDate = false
  })
  const { near, far } = connectInMemory(call.url)
  running.server.emit('connection', far)
  const sent = createRequest(call, near)
  const answer = firstAnswer(sent)
  send(sent, call.body)
  return answer
}

function createRequest({ method, url, headers }: CallRequest, connection: Duplex): ClientRequest {
  try {
    const sent = request({
      createConnection: () => connection,
      method,
      path: url.pathname + url.search,
      setHost: false,
    })
    for (const [name, values] of grouped(headers)) sent.setHeader(name, values)
    // Node's own default, which curl does not send.
    if (!sent.hasHeader('Connection')) sent.removeHeader('Connection')
    return sent
  } catch (cause) {
    throw new CommandError(`${method} ${url.href} cannot be asked: ${(cause as Error).message}`, 2, { cause })
  }
}

/** Fields of one name together, with the name as it was first written, and the text as UTF-8, which Node would refuse. */
function grouped(headers: CallRequest['headers']): Iterable<readonly [name: string, values: string[]]> {
  const groups = new Map<string, readonly [name: string, values: string[]]>()
  for (const [name, value] of headers) {
    const bytes = Buffer.from(value).toString('latin1')
    const group = groups.get(name.toLowerCase())
    if (group === undefined) groups.set(name.toLowerCase(), [name, [bytes]])
    else group[1].push(bytes)
  }
  return groups.values()
}

function firstAnswer(sent: ClientRequest): Promise<CallAnswer> {
  return new Promise((resolve, reject) => {
    sent.once('response', (message) => resolve(createAnswer(message)))
    sent.once('upgrade', (message, socket) => {
      resolve(createAnswer(message))
      socket.destroy()
    })
    sent.on('error', (cause) => {
      const message = `The connection was closed without an answer: ${cause.message}.`
      reject(new CommandError(message, NO_ANSWER_CODE, { cause }))
    })
  })
}

/** An application may answer before it has read all, or anything; then the answer is what counts. */
function send(sent: ClientRequest, body: Blob | undefined): void {
  if (body === undefined) sent.end()
  else pipeline(body.stream(), sent).catch(() => {})
}
