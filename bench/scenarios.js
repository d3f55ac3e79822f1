/** What is asked of every server. `check` gets the answer of one request before anything is measured. */
export const layers = Array.from({ length: 10 }, (_, index) => [`X-Layer-${index}`, `value-${index}`])

const browserHeaders = {
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'upgrade-insecure-requests': '1',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'en-GB,en;q=0.9',
}

const json = JSON.stringify({ id: 42, name: 'Ada Lovelace', email: 'ada@example.org', tags: ['a'] })

/** `aim` is the ratio that we mean to reach: to bare node:http, or to the first of the scenario's own servers. */
export const scenarios = {
  hello: { path: '/', aim: 0.95, check: (_answer, text) => text === 'Hello, World!' },
  params: { path: '/users/42', aim: 0.95, check: (_answer, text) => text === '{"id":"42"}' },
  stack: {
    path: '/',
    aim: 1,
    check: (answer, text) =>
      text === 'Hello, World!' && layers.every(([name, value]) => answer.headers.get(name) === value),
  },
  json: {
    path: '/echo',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: json,
    aim: 0.92,
    check: (_answer, text) => text === json,
  },
  browser: {
    path: '/',
    headers: browserHeaders,
    aim: 0.95,
    check: (_answer, text) => text === 'Hello, World!',
  },
  express: {
    path: '/',
    servers: ['express', 'express-in-stack'],
    aim: 0.85,
    check: (_answer, text) => text === 'Hello, World!',
  },
}
