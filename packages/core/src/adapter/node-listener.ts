import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe } from '../body.ts'
import { ExpectationFailed, NotFound } from '../http-errors.ts'

/** A listener for the `request` event of a Node server. */
export type RequestListener = (req: IncomingMessage, res: ServerResponse) => unknown

/** A `(req, res)` handler; middleware of connect's kin, which has a third parameter, gets a `next`. */
export type NodeListener = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => unknown

/** What `fromNode` takes: a handler, an Express or connect application, a Koa application, a Fastify instance, a polka, an `http.Server`. */
export type NodeApplication =
  | NodeListener
  | { callback(): RequestListener }
  | { ready(): unknown; routing: unknown }
  | { handler: unknown }
  | { emit: unknown; listenerCount: unknown }

/** Calls a handler of any shape; `fail` gets what the handler hands to its `next`. */
export type NodeCall = (req: IncomingMessage, res: ServerResponse, fail: (error: unknown) => void) => unknown

/** A way to call an application, and a promise to wait for before the first call. */
export interface NodeTarget {
  readonly call: NodeCall
  readonly ready?: () => PromiseLike<unknown>
}

/** How an application of any shape is called; throws a TypeError for what is none. */
export function nodeTarget(application: NodeApplication): NodeTarget {
  if (typeof application === 'function') return { call: functionCall(application) }
  const shape = Object(application) as Shapes
  if (typeof shape.callback === 'function') return { call: koaCall(shape as Required<Shapes>) }
  if (typeof shape.routing === 'function' && typeof shape.ready === 'function') {
    const fastify = shape as Required<Shapes>
    return { call: (req, res) => fastify.routing(req, res), ready: () => fastify.ready() }
  }
  if (typeof shape.handler === 'function') {
    const polka = shape as Required<Shapes>
    return { call: (req, res) => polka.handler(req, res) }
  }
  if (typeof shape.emit === 'function' && typeof shape.listenerCount === 'function') {
    return { call: serverCall(shape as Required<Shapes>) }
  }
  throw new TypeError(
    `Got ${describe(application)} for the handler; expected a function (req, res), an Express, connect, Koa or polka application, ` +
      'a Fastify instance or an http.Server.',
  )
}

interface Shapes {
  callback?(): RequestListener
  ready?(): PromiseLike<unknown>
  routing?: RequestListener
  handler?: RequestListener
  emit?(event: string, req: IncomingMessage, res: ServerResponse): boolean
  listenerCount?(event: string): number
}

function functionCall(handler: NodeListener): NodeCall {
  // An application that can listen answers everything itself; given a `next`, it would leave its own 404 and error pages to us.
  if (handler.length < 3 || typeof (handler as { listen?: unknown }).listen === 'function') {
    const listener = handler as RequestListener
    return (req, res) => listener(req, res)
  }
  return (req, res, fail) => handler(req, res, (error) => fail(error ?? new NotFound()))
}

/** Koa composes its middleware when the callback is made: with the first request, when all of it is there. */
function koaCall(koa: Required<Shapes>): NodeCall {
  let callback: RequestListener | undefined
  return (req, res) => {
    callback ??= koa.callback()
    return callback(req, res)
  }
}

/** As Node's server: who waits for `100 Continue` has an event of his own where somebody listens for it. */
function serverCall(server: Required<Shapes>): NodeCall {
  return (req, res, fail) => {
    const { expect } = req.headers
    let event = 'request'
    if (expect !== undefined) {
      const waits = /(?:^|\W)100-continue(?:$|\W)/i.test(expect)
      const special = waits ? 'checkContinue' : 'checkExpectation'
      if (server.listenerCount(special) > 0) event = special
      else if (!waits) return fail(new ExpectationFailed())
    }
    if (!server.emit(event, req, res)) fail(new TypeError('The http.Server has no listener for requests.'))
  }
}
