import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { HeaderList, Status } from '@stapel/core'
import { hopByHopHeaders } from '@stapel/core/http'
import type { AnswerReader } from './exchange.ts'
import { fieldOf, type PreparedRequest } from './prepared-request.ts'

/** How a request gets onto the wire. */
export interface HttpOptions {
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal | undefined
  /** Makes the connections; without it there is one for every request. */
  readonly agent: Agent | undefined
}

/**
 * Sends a request over HTTP/1.1 and hands on the answer as it comes; settles at its end, rejects when it is cut off, and with the reason of the
 * signal when that aborts.
 *
 * Nothing is added but the connection: no `Accept-Encoding`, no inflating, no other `User-Agent`, which is why it does not go through `fetch`.
 */
export async function exchangeOverHttp(
  client: AnswerReader,
  prepared: PreparedRequest,
  { signal, agent }: HttpOptions,
): Promise<void> {
  signal?.throwIfAborted()
  const request = open(prepared, agent)
  let leave: (() => void) | undefined
  const gone = new Promise<never>((_, reject) => {
    leave = () => {
      reject(signal?.reason)
      request.destroy()
    }
    signal?.addEventListener('abort', leave, { once: true })
  })
  gone.catch(() => {})
  try {
    await Promise.race([receive(client, request, prepared), gone])
  } finally {
    if (leave !== undefined) signal?.removeEventListener('abort', leave)
    request.destroy()
  }
}

function open({ method, target, headers, body }: PreparedRequest, agent: Agent | undefined): ClientRequest {
  const { hostname } = new URL(`${target.scheme}://${target.host}`)
  const list = [...headers]
  // Node would announce chunks for them, where browsers and curl say that there are none (RFC 9110 section 8.6).
  if (body === undefined && fieldOf(list, 'Content-Length') === undefined && expectsBody.has(method)) {
    list.push(['Content-Length', '0'])
  }
  return (target.scheme === 'https' ? https : http).request({
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: target.port,
    method,
    path: target.uri,
    headers: list.flat(),
    setHost: false,
    agent: agent ?? false,
  })
}

const expectsBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

async function receive(
  client: AnswerReader,
  request: ClientRequest,
  { body }: PreparedRequest,
): Promise<void> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    // Without this, Node closes the socket and says nothing.
    request.once('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('The server changed the protocol of the connection, which this client cannot follow.'))
    })
    // Also those that come after the answer: they are of no consequence then.
    request.on('error', reject)
  })
  send(request, body?.chunks ?? []).catch((error) => request.destroy(error))
  const response = await answered
  client.start(`${response.statusCode as number} ${response.statusMessage ?? ''}` as Status, fields(response))
  for await (const chunk of response) await client.take(new Uint8Array(chunk))
}

/** Writes as fast as the server reads; an answer that comes before the end of the body ends the writing. */
async function send(
  request: ClientRequest,
  chunks: NonNullable<PreparedRequest['body']>['chunks'],
): Promise<void> {
  for await (const chunk of chunks) {
    if (request.destroyed) return
    if (chunk.length > 0 && !request.write(chunk)) {
      await drained(request)
    }
  }
  request.end()
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      request.off('drain', goOn).off('close', goOn)
      resolve()
    }
    request.on('drain', goOn).on('close', goOn)
  })
}

/** As the application gave them: what belongs to the connection is left out. */
function fields({ rawHeaders }: IncomingMessage): HeaderList {
  const list: HeaderList = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (!hopByHopHeaders.has(name.toLowerCase())) list.push([name, rawHeaders[i + 1] as string])
  }
  return list
}
