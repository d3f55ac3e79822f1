import { collect } from '../body.ts'
import { type Answer, capture } from '../capture.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Application } from '../protocol.ts'
import { ProtocolError } from '../protocol-error.ts'
import { reportTo } from '../report.ts'
import type { PendingUpgrade } from './websocket-upgrade.ts'

/**
 * An application for one request that asks for a WebSocket. Where it accepts, what it answers ends the conversation and is not sent; otherwise
 * its answer refuses the handshake.
 */
export function converse(app: Application, upgrade: PendingUpgrade): Application {
  return async (environ, startResponse) => {
    environ['wsgi.websocket'] = upgrade
    let answer: Answer | undefined
    let failure: { error: unknown } | undefined
    try {
      answer = await capture(app, environ)
    } catch (error) {
      failure = { error }
    }
    const { conversation } = upgrade
    if (conversation === undefined) {
      upgrade.refuse()
      if (answer === undefined) throw failure?.error
      startResponse(answer.status, answer.headers)
      return answer.body
    }
    if (answer !== undefined) failure = await failureOf(answer)
    if (failure !== undefined && !(failure.error instanceof ClientDisconnected))
      reportTo(environ)(failure.error)
    await conversation.close(failure === undefined ? 1000 : 1011)
    return ''
  }
}

/** Waits for the end of what was answered, which is to be empty. */
async function failureOf(answer: Answer): Promise<{ error: unknown } | undefined> {
  try {
    await collect(answer.body, 0)
    return undefined
  } catch (error) {
    if (!(error instanceof RangeError)) return { error }
    return {
      error: new ProtocolError(
        '4',
        'The application accepted a WebSocket and answered with a body; send it as a message, and answer with an empty body.',
        { cause: error },
      ),
    }
  }
}
