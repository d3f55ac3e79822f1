import { type Application, type HeaderList, type Status, validate } from '@stapel/core'
import { Request } from '@stapel/wrappers'
import type { Answer } from './answer.ts'
import { AnswerStream } from './answer-stream.ts'
import { checkNames } from './check-names.ts'
import { ClientAnswer } from './client-answer.ts'
import {
  ANSWER_LIMIT,
  type ClientOptions,
  type ClientRequestInit,
  checkOptions,
  clientRequestNames,
  REDIRECT_LIMIT,
} from './client-options.ts'
import { CookieJar } from './cookie-jar.ts'
import { type AnswerReader, exchangeWith } from './exchange.ts'
import { exchangeOverHttp } from './http-exchange.ts'
import { MemoryInput } from './memory-input.ts'
import { toList } from './prepared-request.ts'
import { allowsHost, redirectedInit } from './redirect.ts'
import { RedirectTrail } from './redirect-trail.ts'
import { isBelow, localhost, parseBase } from './request-target.ts'
import { cookieOf, mergeHeaders, type Requested, type SentRequest, toSentRequest } from './sent-request.ts'
import { StreamedAnswer } from './streamed-answer.ts'

/**
 * Calls an application without a socket: a gateway in memory that obeys clauses 3 to 5 of the protocol and checks that the application does.
 * Made with a URL, it sends the same requests there, over HTTP/1.1.
 *
 * An HTTPError that is thrown becomes its answer, as with any gateway. Any other error rejects the call, and so does an answer that breaks the
 * protocol or fails half way. Cookies are kept and sent; redirects are followed where that is asked for. Throws a TypeError when `app` is neither
 * a function nor an http URL, and for options that do not go with it.
 *
 * @example
 * ```ts
 * import { Client } from '@stapel/testing'
 *
 * const client = new Client((_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return 'Hello'
 * })
 * const answer = await client.get('/')
 * console.log(answer.status, answer.text())
 * ```
 */
export class Client {
  /** The cookies of this client; those set by hand belong to its base. */
  readonly cookies: CookieJar
  readonly #app: Application | undefined
  readonly #options: ClientOptions
  readonly #base: URL
  readonly #headers: HeaderList

  /**
   * A client of an application, or of a server at a URL. Throws a TypeError for neither, for an unknown option, and for one that a client of a URL
   * does not have.
   */
  constructor(app: Application | string | URL, options: ClientOptions = {}) {
    const overHttp = typeof app === 'string' || app instanceof URL
    if (!overHttp && typeof app !== 'function') {
      throw notAnApplication(app)
    }
    checkOptions(options, overHttp)
    const given = overHttp ? app : options.base
    const base = given === undefined ? localhost : parseBase(given)
    this.#base = new URL(`${base.scheme}://${base.host}${base.scriptName}/`)
    this.#options = options
    this.#headers = toList(options.headers ?? {})
    this.cookies = options.cookies || new CookieJar(this.#base)
    if (!overHttp) this.#app = options.validate === false ? app : validate(app)
  }

  /**
   * Sends a request and gives its answer, read whole. What to send is a target below the base, a whole URL, an environ (of `createEnviron`,
   * changed at will), or a fetch `Request`; `init` is that of `createEnviron`, and whether redirects are followed.
   *
   * Rejects with a RangeError for an answer over the limit, with a `RedirectError` for redirects that do not end.
   */
  open(requested: Requested = '/', init: ClientRequestInit = {}): Promise<ClientAnswer> {
    return this.#follow(
      requested,
      init,
      (sent, history) => this.#openOnce(sent, history),
      (answer) => answer,
    )
  }

  /** As {@link Client.open}, under the name that other clients have. */
  request(target: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.open(target, init)
  }

  /**
   * Sends a request and gives its answer as soon as it is committed; the chunks are read from the answer, one at a time. Whoever does not read
   * to the end leaves.
   *
   * @example
   * ```ts
   * import { Client } from '@stapel/testing'
   *
   * const client = new Client(async function* (_environ, startResponse) {
   *   startResponse('200 OK', [['Content-Type', 'text/event-stream']])
   *   for (let i = 1; ; i++) yield `data: ${i}\n\n`
   * })
   * const answer = await client.stream('/events')
   * for await (const event of answer) {
   *   console.log(answer.status, new TextDecoder().decode(event))
   *   break
   * }
   * ```
   */
  stream(requested: Requested = '/', init: ClientRequestInit = {}): Promise<StreamedAnswer> {
    const leaving = new AbortController()
    const signal = init.signal === undefined ? leaving.signal : AbortSignal.any([leaving.signal, init.signal])
    return this.#follow(
      requested,
      { ...init, signal },
      (sent, history) => this.#streamOnce(sent, history, leaving),
      (answer) => answer.whole(),
    )
  }

  /** As {@link Client.open}, with the method GET. */
  get(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('GET', target, init)
  }

  /** As {@link Client.open}, with the method HEAD. */
  head(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('HEAD', target, init)
  }

  /** As {@link Client.open}, with the method POST. */
  post(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('POST', target, init)
  }

  /** As {@link Client.open}, with the method PUT. */
  put(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('PUT', target, init)
  }

  /** As {@link Client.open}, with the method PATCH. */
  patch(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('PATCH', target, init)
  }

  /** As {@link Client.open}, with the method DELETE. */
  delete(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('DELETE', target, init)
  }

  /** As {@link Client.open}, with the method OPTIONS. */
  options(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('OPTIONS', target, init)
  }

  /** As {@link Client.open}, with the method TRACE. */
  trace(target?: string | URL, init?: ClientRequestInit): Promise<ClientAnswer> {
    return this.#openAs('TRACE', target, init)
  }

  /** Async, so that what is wrong rejects as it does for `open`. */
  async #openAs(
    method: string,
    target: string | URL | undefined,
    init: ClientRequestInit = {},
  ): Promise<ClientAnswer> {
    if (init.method !== undefined && init.method !== method) {
      throw new TypeError(
        `Got the method ${JSON.stringify(init.method)} for ${method.toLowerCase()}(); expected none there, or open() for it.`,
      )
    }
    return this.open(target, { ...init, method })
  }

  async #follow<A extends Answer>(
    requested: Requested,
    { followRedirects = this.#options.followRedirects ?? false, ...init }: ClientRequestInit,
    send: (sent: SentRequest, history: readonly ClientAnswer[]) => Promise<A>,
    readWhole: (answer: A) => ClientAnswer | Promise<ClientAnswer>,
  ): Promise<A> {
    const history: ClientAnswer[] = []
    const trail = new RedirectTrail(this.#options.maxRedirects ?? REDIRECT_LIMIT)
    let sent = this.#prepare(requested, init)
    for (;;) {
      trail.add(sent.environ.REQUEST_METHOD, sent.url, cookieOf(sent))
      const answer = await send(sent, [...history])
      this.#keepCookies(answer, sent.url)
      const to = followRedirects ? this.#next(answer, sent.url) : undefined
      if (to === undefined) return answer
      history.push(await readWhole(answer))
      const method = sent.environ.REQUEST_METHOD
      const next = redirectedInit(sent.init, { status: answer.status, method, from: sent.url, to })
      if (next === 'read once') throw trail.bodyIsGone(answer.status)
      sent = toSentRequest(to.href, { ...next, headers: toList(next.headers ?? {}) }, this.#cookiesFor)
    }
  }

  #prepare(requested: Requested, init: ClientRequestInit): SentRequest {
    if ('base' in init)
      throw new TypeError('Got a base for a request; expected it among the options of the client.')
    checkNames(init, clientRequestNames, 'of a request')
    const { environ } = this.#options
    const merged = {
      ...init,
      auth: init.auth ?? this.#options.auth,
      base: this.#base,
      headers: mergeHeaders(this.#headers, toList(init.headers ?? {})),
      environ: { ...environ, ...init.environ },
    }
    if (this.#app === undefined && init.environ !== undefined) {
      throw new TypeError(
        'Got environ for a client of a URL; expected headers, as the server makes its own environ.',
      )
    }
    const sent = toSentRequest(requested, merged, this.#cookiesFor, this.#app === undefined)
    const { target } = sent.prepared
    if (this.#app === undefined && !this.#mayVisit(target.host)) {
      throw new RangeError(
        `Got ${sent.url.href}; expected a URL of ${this.#base.host}. Name others in \`hosts\`.`,
      )
    }
    return sent
  }

  readonly #cookiesFor = (url: URL): string | undefined =>
    this.#options.cookies === false ? undefined : this.cookies.header(url)

  #keepCookies(answer: Answer, url: URL): void {
    if (this.#options.cookies === false) return
    for (const header of answer.headers.getSetCookie()) this.cookies.receive(header, url)
  }

  /** Where a redirect leads, as long as that is this application. */
  #next({ redirectTarget: to }: Answer, from: URL): URL | undefined {
    if (to === undefined || !/^https?:$/.test(to.protocol)) return undefined
    // In process, the application answers for the host that it was called by.
    const isSame = this.#app !== undefined && to.host === from.host
    if (!isSame && !this.#mayVisit(to.host)) return undefined
    return isBelow(to.pathname, this.#base.pathname.slice(0, -1)) ? to : undefined
  }

  #mayVisit(host: string): boolean {
    return host === this.#base.host || allowsHost(this.#options.hosts ?? [], host)
  }

  async #openOnce(sent: SentRequest, history: readonly ClientAnswer[]): Promise<ClientAnswer> {
    const limit = this.#options.answerLimit ?? ANSWER_LIMIT
    const chunks: Uint8Array[] = []
    let size = 0
    let head: readonly [Status, HeaderList] = ['200 OK', []]
    const reader: AnswerReader = {
      start: (...started) => {
        head = started
      },
      take: (chunk) => {
        size += chunk.byteLength
        if (size > limit) {
          throw new RangeError(
            `The answer is larger than ${limit} bytes; read it with stream(), or raise answerLimit.`,
          )
        }
        chunks.push(chunk)
      },
    }
    await this.#exchange(reader, sent)
    return new ClientAnswer(headOf(head, sent, history), chunks, sent.log.join(''))
  }

  async #streamOnce(
    sent: SentRequest,
    history: readonly ClientAnswer[],
    leaving: AbortController,
  ): Promise<StreamedAnswer> {
    const stream = new AnswerStream(leaving)
    stream.follow(this.#exchange(stream, sent))
    return new StreamedAnswer(headOf(await stream.started, sent, history), stream, sent.log)
  }

  #exchange(reader: AnswerReader, { prepared, environ, init: { signal } }: SentRequest): Promise<void> {
    const { agent, rejectErrors = true } = this.#options
    if (this.#app === undefined) return exchangeOverHttp(reader, prepared, { signal, agent })
    const input = environ['wsgi.input']
    return exchangeWith(reader, this.#app, environ, signal, { rejectErrors }).finally(() => {
      if (input instanceof MemoryInput) input.close()
    })
  }
}

function notAnApplication(value: unknown): TypeError {
  const given = value as { constructor?: { name?: string }; app?: unknown } | null | undefined
  const got =
    typeof given === 'object' ? `an object of class ${given?.constructor?.name ?? 'null'}` : String(given)
  const hint = typeof given?.app === 'function' ? ' Hand on its member app, as in router.app.' : ''
  return new TypeError(`Got ${got}; expected an application, or a URL.${hint}`)
}

function headOf(
  [status, headers]: readonly [Status, HeaderList],
  { environ }: SentRequest,
  history: readonly ClientAnswer[],
): ConstructorParameters<typeof ClientAnswer>[0] {
  return { status, headers, request: new Request(environ), history }
}
