import { type IncomingMessage, ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http'
import { hopByHopHeaders } from '../http/field.ts'
import type { HeaderList, Status } from '../protocol.ts'
import type { AdapterSocket } from './node-socket.ts'

/**
 * A response as Node's own server makes it, whose head goes to an answer of ours instead of the wire.
 *
 * Only the place where Node writes the head is replaced, on the object itself, because frameworks exchange its prototype (Express) or wrap
 * its methods: everything a program calls is Node's own, and chunks reach the socket as they were written, without framing.
 */
export function createResponse(
  req: IncomingMessage,
  socket: AdapterSocket,
  answer: HeadReceiver,
): ServerResponse {
  const res = new ServerResponse(req)
  divertHead(res, answer)
  res.assignSocket(socket as never)
  return res
}

/** Gets the head of an answer in place of the wire. */
export interface HeadReceiver {
  /** The head is final. `measurable` says whether a length may be told of a body that has none. */
  start(status: Status, headers: HeaderList, measurable: boolean): void
  /** The framework asked for `Connection: close`. */
  closeConnection(): void
}

/** From now on the head of the response goes to the receiver; Node takes it for sent. */
export function divertHead(res: ServerResponse, receiver: HeadReceiver | undefined): void {
  symbols ??= findSymbols()
  const response = res as AnswerResponse
  response[receiverOf] = receiver
  if (receiver !== undefined) response._storeHeader = storeHeader
  else delete (response as Partial<AnswerResponse>)._storeHeader
}

/** Who gets the head of a response; nobody, where it goes to the wire. */
export function headReceiverOf(res: ServerResponse): HeadReceiver | undefined {
  return (res as AnswerResponse)[receiverOf]
}

/** Whether Node would send a body with this answer: not for HEAD, 204 and 304. */
export function hasBody(res: ServerResponse): boolean {
  return (res as AnswerResponse)._hasBody
}

/** Node's own map of the headers that were set, which is `null` until there is one. */
export function heldHeaders(res: ServerResponse): unknown {
  symbols ??= findSymbols()
  return (res as unknown as Record<symbol, unknown>)[symbols.outHeaders]
}

/** Puts back what {@link heldHeaders} gave. */
export function holdHeaders(res: ServerResponse, headers: unknown): void {
  ;(res as unknown as Record<symbol, unknown>)[symbols.outHeaders] = headers
}

/** Whether a writer waits for room; Node sets it when a write finds none. */
export function setNeedDrain(res: ServerResponse, waits: boolean): void {
  ;(res as unknown as Record<symbol, unknown>)[symbols.needDrain] = waits
}

function needsDrain(res: ServerResponse): boolean {
  return (res as unknown as Record<symbol, unknown>)[symbols.needDrain] === true
}

/** There is room again: tells a writer that was held back, as Node's server does when its socket has drained. */
export function tellDrain(res: ServerResponse): void {
  // Node's own mark: `toConnect` puts the room in its body in the place of `writableNeedDrain`.
  if (!needsDrain(res) || !res.writableNeedDrain) return
  setNeedDrain(res, false)
  res.emit('drain')
}

/** The response is over: says so as Node's server does. */
export function emitClose(res: ServerResponse): void {
  const response = res as AnswerResponse
  if (response._closed) return
  response.destroyed = true
  response._closed = true
  response.emit('close')
}

/** What Node keeps under symbols of its own, by the same descriptions from Node 20 to 26. */
let symbols: { readonly outHeaders: symbol; readonly needDrain: symbol }

function findSymbols(): typeof symbols {
  const own = Object.getOwnPropertySymbols(
    new ServerResponse({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage),
  )
  const find = (description: string): symbol => {
    const symbol = own.find((candidate) => candidate.description === description)
    if (symbol === undefined)
      throw new Error(`This version of Node, ${process.version}, has no ${description}.`)
    return symbol
  }
  return { outHeaders: find('kOutHeaders'), needDrain: find('kNeedDrain') }
}

const receiverOf: unique symbol = Symbol('stapel.head')

/** What Node keeps on every response, by the same names from Node 20 to 26. */
export interface AnswerResponse extends ServerResponse {
  [receiverOf]: HeadReceiver | undefined
  _storeHeader: (this: AnswerResponse, firstLine: string, headers: unknown) => void
  _header: string | null
  _headerSent: boolean
  _hasBody: boolean
  _closed: boolean
  _implicitHeader(): void
  _contentLength: number | null
  _removedContLen: boolean
}

/** How the framework framed its answer. */
interface Framing {
  length: boolean
  /** It asked for chunked coding, so that no length may be added. */
  chunked: boolean
}

/** Called by Node with the status line and the headers, checked, when the head of the answer is final. */
function storeHeader(this: AnswerResponse, firstLine: string, headers: unknown): void {
  const list: HeaderList = []
  const framing: Framing = { length: false, chunked: this._removedContLen }
  if (isEntries(headers, this)) {
    for (const key in headers) {
      const [name, value] = headers[key] as [string, unknown]
      addHeader(this, list, framing, key, name, value)
    }
  } else if (headers !== undefined && headers !== null) {
    addGiven(this, list, framing, headers as object)
  }
  if (!framing.length && !framing.chunked && this._hasBody && typeof this._contentLength === 'number') {
    list.push(['Content-Length', String(this._contentLength)])
    framing.length = true
  }
  this[receiverOf]?.start(statusOf(firstLine), list, framing.length || !framing.chunked)
  this._header = firstLine
  this._headerSent = true
}

type Entries = Record<string, [string, unknown]>

/** Whether these are the headers that were set one by one: Node hands over its own map of `[name, value]`. */
function isEntries(headers: unknown, res: AnswerResponse): headers is Entries {
  return headers === (res as unknown as Record<symbol, unknown>)[symbols.outHeaders]
}

/** The headers of `writeHead` alone, in any of the forms that it takes; Node has not checked them yet. */
function addGiven(res: AnswerResponse, list: HeaderList, framing: Framing, headers: object): void {
  const add = (name: string, value: unknown): void => {
    validateHeaderName(name)
    for (const item of Array.isArray(value) ? value : [value]) validateHeaderValue(name, item)
    addHeader(res, list, framing, name.toLowerCase(), name, value)
  }
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) add(name, value)
  } else if (Array.isArray(headers[0])) {
    for (const [name, value] of headers) add(name, value)
  } else {
    if (headers.length % 2 !== 0) {
      throw Object.assign(
        new TypeError(`Got ${headers.length} items in the list of headers; expected pairs.`),
        {
          code: 'ERR_INVALID_ARG_VALUE',
        },
      )
    }
    for (let i = 0; i < headers.length; i += 2) add(headers[i], headers[i + 1])
  }
}

function addHeader(
  res: AnswerResponse,
  list: HeaderList,
  framing: Framing,
  key: string,
  name: string,
  value: unknown,
): void {
  if (hopByHopHeaders.has(key)) {
    // The gateway alone frames the answer (clause 3.4); what the framework asked for is done its way.
    if (key === 'connection' && /(?:^|\W)close(?:$|\W)/i.test(String(value)))
      res[receiverOf]?.closeConnection()
    else if (key === 'transfer-encoding' || key === 'trailer') framing.chunked = true
    return
  }
  if (key === 'content-length') {
    res._contentLength = Number(value)
    framing.length = true
  }
  if (!Array.isArray(value)) list.push([name, String(value)])
  else if (key === 'cookie') list.push([name, value.join('; ')])
  else for (const item of value) list.push([name, String(item)])
}

/** `'HTTP/1.1 200 OK\r\n'` without its version and its end. */
function statusOf(firstLine: string): Status {
  return firstLine.slice(9, -2) as Status
}
