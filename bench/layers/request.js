/** Calls an application as a gateway does, without one: `createCall(case)` gives a function that makes one request. */

const base = {
  REQUEST_METHOD: 'GET',
  SCRIPT_NAME: '',
  PATH_INFO: '/pages/hello',
  REQUEST_URI: '/pages/hello?from=here',
  QUERY_STRING: 'from=here',
  SERVER_NAME: '127.0.0.1',
  SERVER_PORT: '8000',
  SERVER_PROTOCOL: 'HTTP/1.1',
  'wsgi.version': [1, 0],
  'wsgi.url_scheme': 'http',
  'wsgi.multithread': false,
  'wsgi.multiprocess': false,
  'wsgi.run_once': false,
  REMOTE_ADDR: '127.0.0.1',
  REMOTE_PORT: '50000',
  HTTP_HOST: 'example.org',
  HTTP_SEC_CH_UA: '"Chromium";v="140", "Not=A?Brand";v="24"',
  HTTP_SEC_CH_UA_MOBILE: '?0',
  HTTP_SEC_CH_UA_PLATFORM: '"Linux"',
  HTTP_UPGRADE_INSECURE_REQUESTS: '1',
  HTTP_USER_AGENT:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  HTTP_ACCEPT: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  HTTP_SEC_FETCH_SITE: 'none',
  HTTP_SEC_FETCH_MODE: 'navigate',
  HTTP_SEC_FETCH_DEST: 'document',
  HTTP_ACCEPT_ENCODING: 'gzip, deflate, br',
  HTTP_ACCEPT_LANGUAGE: 'en-GB,en;q=0.9',
}

/** A function that makes one request and reads its answer; it gives a promise only where the application does. */
export function createCall({ make, environ: own = {} }) {
  const app = make()
  const makeEnviron = compileEnviron({ ...base, ...own })
  return () => {
    const environ = makeEnviron(new Input(), errors, new Context())
    kept[made++ & 7] = environ
    const body = app(environ, startResponse)
    return typeof body?.then === 'function' ? body.then(read) : read(body)
  }
}

// Kept, or the compiler would see that nobody reads an environ and not make it.
const kept = new Array(8)
let made = 0

/** Makes `count` requests, one after the other. */
export async function run(call, count) {
  for (let i = 0; i < count; i++) {
    const answered = call()
    if (answered !== undefined) await answered
  }
}

/** As the gateway does it: one literal, so that each environ has the same hidden class. */
function compileEnviron(values) {
  const rows = Object.entries(values).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  const made = `'wsgi.input': input, 'wsgi.errors': errors, 'stapel.context': context`
  return new Function('input', 'errors', 'context', `return { ${rows.join(', ')}, ${made} }`)
}

// What the gateway of Node offers besides the protocol is there.
class Input {
  get hasBody() {
    return false
  }
  async *[Symbol.asyncIterator]() {}
}

class Context {
  trace = undefined
  #controller
  get signal() {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }
  get gone() {
    return this.#controller?.signal.aborted ?? false
  }
  onGone(listener) {
    this.listener = listener
  }
  read() {
    return Promise.resolve(new Uint8Array(0))
  }
}

const errors = {
  write(text) {
    throw new Error(text)
  },
  flush() {},
}

const write = () => {}
const startResponse = (status) => {
  if (status !== '200 OK') throw new Error(`Got ${status}; expected 200.`)
  return write
}

function read(body) {
  if (typeof body === 'string' || body instanceof Uint8Array) return undefined
  if (Symbol.asyncIterator in body) return readLater(body)
  for (const chunk of body) if (chunk.length === 0) continue
  return body.close?.()
}

async function readLater(body) {
  for await (const chunk of body) if (chunk.length === 0) continue
  await body.close?.()
}
