/**
 * Raw requests with the statuses of the answers that are expected, in their order. Each ends with its connection closed: by the server, or,
 * where `keeps` is set, by the client after the last answer.
 */
const host = 'Host: a.example\r\n'
const close = 'Connection: close\r\n'
const get = (line, headers = host) => `${line}\r\n${headers}${close}\r\n`
const post = (headers, body, lines = host) => `POST / HTTP/1.1\r\n${lines}${close}${headers}\r\n${body}`

export const requests = [
  // Request lines.
  ['a plain request', get('GET / HTTP/1.1'), [200]],
  ['an empty line before the request', `\r\n${get('GET / HTTP/1.1')}`, [200]],
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n', [200]],
  [
    'HTTP/1.0 with keep-alive',
    'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n',
    [200, 200],
  ],
  ['HTTP/0.9', 'GET /\r\n\r\n', [400]],
  ['HTTP/2.0 in words', get('GET / HTTP/2.0'), [505]],
  ['HTTP/1.2', get('GET / HTTP/1.2'), [400]],
  ['no version', get('GET /'), [400]],
  ['a lower case version', get('GET / http/1.1'), [400]],
  ['no target', get('GET HTTP/1.1'), [400]],
  [
    'two spaces before the target, which RFC 9112 section 3 lets a server forgive',
    get('GET  / HTTP/1.1'),
    [200],
  ],
  ['a space in the target', get('GET /a b HTTP/1.1'), [400]],
  ['a tab for the space', get('GET\t/ HTTP/1.1'), [400]],
  ['a control character in the target', get('GET /\x01 HTTP/1.1'), [400]],
  ['no slash at the start of the path', get('GET index.html HTTP/1.1'), [400]],
  ['a method that nobody knows', get('BREW / HTTP/1.1'), [501]],
  ['a lower case method', get('get / HTTP/1.1'), [501]],
  ['a method that is no token', get('G@T / HTTP/1.1'), [400]],
  ['a line that begins as a method nobody knows', 'hello\r\n\r\n', [501]],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['a bare line feed after the line', `GET / HTTP/1.1\n${host}${close}\r\n`, [400]],
  ['a bare carriage return in the line', 'GET / HTTP/1.1\rHost: a\r\n\r\n', [400]],
  ['a target of 20,000 bytes', get(`GET /${'a'.repeat(20_000)} HTTP/1.1`), [431]],
  // Forms of the target.
  ['the absolute form', get('GET http://b.example/x HTTP/1.1'), [200]],
  ['the absolute form without a path', get('GET http://b.example HTTP/1.1'), [200]],
  ['the absolute form with user information', get('GET http://u@b.example/ HTTP/1.1'), [400]],
  ['the absolute form of another scheme', get('GET ftp://b.example/ HTTP/1.1'), [400]],
  ['the asterisk form', get('OPTIONS * HTTP/1.1'), [200]],
  ['the asterisk form for GET', get('GET * HTTP/1.1'), [400]],
  ['the authority form for GET', get('GET a.example:80 HTTP/1.1'), [400]],
  ['a path that climbs above the root', get('GET /../a HTTP/1.1'), [400]],
  ['a path that climbs in escapes', get('GET /%2e%2e/a HTTP/1.1'), [400]],
  ['a NUL in escapes', get('GET /a%00 HTTP/1.1'), [400]],
  ['a fragment in the target', get('GET /a#b HTTP/1.1'), [200]],
  // Host.
  ['no Host', get('GET / HTTP/1.1', ''), [400]],
  ['two Hosts', get('GET / HTTP/1.1', `${host}${host}`), [400]],
  ['a Host with a space', get('GET / HTTP/1.1', 'Host: a b\r\n'), [400]],
  ['a Host with a path', get('GET / HTTP/1.1', 'Host: a/b\r\n'), [400]],
  ['a Host with user information', get('GET / HTTP/1.1', 'Host: u@a\r\n'), [400]],
  ['a Host with a port that is no number', get('GET / HTTP/1.1', 'Host: a:b\r\n'), [400]],
  ['two Hosts in one', get('GET / HTTP/1.1', 'Host: a, b\r\n'), [400]],
  ['an empty Host', get('GET / HTTP/1.1', 'Host:\r\n'), [400]],
  ['an IPv6 Host with a port', get('GET / HTTP/1.1', 'Host: [::1]:80\r\n'), [200]],
  // Header fields.
  ['a header without a name', get('GET / HTTP/1.1', `${host}: x\r\n`), [400]],
  ['a space before the colon', get('GET / HTTP/1.1', `${host}X-A : x\r\n`), [400]],
  ['a line without a colon', get('GET / HTTP/1.1', `${host}X-A\r\n`), [400]],
  ['a folded header', get('GET / HTTP/1.1', `${host}X-A: x\r\n y\r\n`), [400]],
  ['a space before the first header', `GET / HTTP/1.1\r\n ${host}${close}\r\n`, [400]],
  ['a NUL in a value', get('GET / HTTP/1.1', `${host}X-A: a\0b\r\n`), [400]],
  ['a carriage return in a value', get('GET / HTTP/1.1', `${host}X-A: a\rb\r\n`), [400]],
  ['a bare line feed between headers', `GET / HTTP/1.1\r\n${host.replace('\r', '')}${close}\r\n`, [400]],
  ['bytes above 0x7F in a value', get('GET / HTTP/1.1', `${host}X-A: \xe4\xff\r\n`), [200]],
  ['a parenthesis in a name', get('GET / HTTP/1.1', `${host}X(A): x\r\n`), [400]],
  ['an underscore in a name, which is dropped', get('GET / HTTP/1.1', `${host}X_Secret: x\r\n`), [200]],
  ['17,000 bytes of headers', get('GET / HTTP/1.1', `${host}X-A: ${'a'.repeat(17_000)}\r\n`), [431]],
  // Where the body ends.
  ['a body of a length', post('Content-Length: 5\r\n', 'hello'), [200]],
  ['two equal lengths', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), [400]],
  ['two lengths', post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!'), [400]],
  ['two lengths in one', post('Content-Length: 5, 5\r\n', 'hello'), [400]],
  ['a negative length', post('Content-Length: -1\r\n', ''), [400]],
  ['a signed length', post('Content-Length: +5\r\n', 'hello'), [400]],
  ['a hexadecimal length', post('Content-Length: 0x5\r\n', 'hello'), [400]],
  ['a length with a space', post('Content-Length: 5 5\r\n', 'hello'), [400]],
  ['an empty length', post('Content-Length:\r\n', ''), [400]],
  ['a length beyond all numbers', post('Content-Length: 99999999999999999999\r\n', ''), [400]],
  ['chunks', post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'), [200]],
  [
    'chunks in upper case hexadecimal',
    post('Transfer-Encoding: chunked\r\n', 'A\r\n0123456789\r\n0\r\n\r\n'),
    [200],
  ],
  ['a chunk with an extension', post('Transfer-Encoding: chunked\r\n', '5;a=b\r\nhello\r\n0\r\n\r\n'), [200]],
  [
    'chunks with trailers',
    post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nX-A: b\r\n\r\n'),
    [200],
  ],
  [
    'chunks and a length',
    post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '5\r\nhello\r\n0\r\n\r\n'),
    [400],
  ],
  ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), [400]],
  ['chunked twice', post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'), [400]],
  ['a coding that is not chunked last', post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'), [400]],
  ['a coding that nobody knows', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), [400]],
  [
    'a chunk size that is no number',
    post('Transfer-Encoding: chunked\r\n', 'x\r\nhello\r\n0\r\n\r\n'),
    [400],
  ],
  ['a chunk size with 0x', post('Transfer-Encoding: chunked\r\n', '0x5\r\nhello\r\n0\r\n\r\n'), [400]],
  ['a negative chunk size', post('Transfer-Encoding: chunked\r\n', '-5\r\nhello\r\n0\r\n\r\n'), [400]],
  [
    'a chunk size beyond all numbers',
    post('Transfer-Encoding: chunked\r\n', 'fffffffffffffffff\r\nhello\r\n0\r\n\r\n'),
    [400],
  ],
  ['a chunk longer than its size', post('Transfer-Encoding: chunked\r\n', '3\r\nhello\r\n0\r\n\r\n'), [400]],
  [
    'a bare line feed after a chunk size',
    post('Transfer-Encoding: chunked\r\n', '5\nhello\r\n0\r\n\r\n'),
    [400],
  ],
  ['an expectation that nobody knows', post('Expect: the-moon\r\nContent-Length: 0\r\n', ''), [417]],
  // Several requests.
  ['two requests in one write', `GET /1 HTTP/1.1\r\n${host}\r\n${get('GET /2 HTTP/1.1')}`, [200, 200]],
  [
    'a request after an unread body',
    `POST /unread HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello${get('GET /2 HTTP/1.1')}`,
    [200, 200],
  ],
  ['a request after a broken one', `GET / HTTP/1.1\r\n\r\n${get('GET /2 HTTP/1.1')}`, [400, 200]],
  ['HEAD, then GET', `HEAD / HTTP/1.1\r\n${host}\r\n${get('GET /2 HTTP/1.1')}`, [200, 200]],
]

/** What the application may never see: what clause 2 forbids, in an environ that came from raw bytes. */
export function forbidden(environ) {
  const found = []
  if (environ.PATH_INFO !== '' && !environ.PATH_INFO.startsWith('/'))
    found.push(`PATH_INFO ${environ.PATH_INFO}`)
  if (/(^|\/)\.\.?(\/|$)|%00|[^\x21-\x7e]/.test(environ.PATH_INFO))
    found.push(`PATH_INFO ${environ.PATH_INFO}`)
  if (environ.SERVER_PROTOCOL === 'HTTP/1.1' && !environ.HTTP_HOST) found.push('no HTTP_HOST')
  if (environ.CONTENT_LENGTH !== undefined && !/^[0-9]+$/.test(environ.CONTENT_LENGTH))
    found.push(`CONTENT_LENGTH ${environ.CONTENT_LENGTH}`)
  for (const [key, value] of Object.entries(environ)) {
    if (!key.startsWith('HTTP_')) continue
    if (key === 'HTTP_CONTENT_LENGTH' || key === 'HTTP_CONTENT_TYPE' || key === 'HTTP_X_SECRET')
      found.push(key)
    if (/[\r\n\0]/.test(value)) found.push(`${key} ${JSON.stringify(value)}`)
  }
  return found
}
