/** Puts what the client sent wherever an error can carry it, and throws it; answers where nothing was sent. */
export function app(environ, startResponse) {
  if (environ.QUERY_STRING === '') {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return 'nothing was sent\n'
  }
  const sent = decodeURIComponent(environ.QUERY_STRING)
  const error = new AggregateError([new Error(sent), sent], sent, { cause: new RangeError(sent) })
  error.name = `Hostile${sent}`
  error.code = sent
  error[sent] = sent
  error.request = { headers: { cookie: environ.HTTP_COOKIE } }
  error.sessionCookie = environ.HTTP_COOKIE
  // A message that is set later is not the one that the stack begins with.
  if (environ.PATH_INFO === '/forged') error.stack = `Error: no\n${sent}\n${sent}`
  throw error
}
