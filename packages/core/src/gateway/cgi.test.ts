import { describe, expect, test } from 'vitest'
import { type CgiRequest, runScript } from './cgi.test-support.ts'
import { runCgi } from './cgi.ts'

async function environOf(env: Record<string, string>): Promise<Record<string, unknown>> {
  const { body, code, log } = await runScript('environ', { env })
  expect(log).toBe('')
  expect(code).toBe(0)
  return JSON.parse(body) as Record<string, unknown>
}

const post = (input: string, length = String(input.length)): CgiRequest => ({
  env: { REQUEST_METHOD: 'POST', CONTENT_LENGTH: length },
  input,
})

describe('environ', () => {
  test('is that of the process', async () => {
    const environ = await environOf({
      GATEWAY_INTERFACE: 'CGI/1.1',
      SCRIPT_NAME: '/cgi-bin/app.cgi',
      PATH_INFO: '/a b/c',
      REQUEST_URI: '/cgi-bin/app.cgi/a%20b%2Fc?x=%31',
      QUERY_STRING: 'x=%31',
      CONTENT_TYPE: '',
      CONTENT_LENGTH: '',
      SERVER_NAME: 'example.org',
      SERVER_PORT: '8443',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: '192.0.2.1',
      REMOTE_PORT: '4711',
      REMOTE_USER: 'ann',
      HTTPS: 'on',
      HTTP_HOST: 'example.org:8443',
      HTTP_ACCEPT: 'text/html',
      DATABASE_PASSWORD: 'secret',
    })
    expect(environ).toEqual({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '/cgi-bin/app.cgi',
      PATH_INFO: '/a%20b%2Fc',
      REQUEST_URI: '/cgi-bin/app.cgi/a%20b%2Fc?x=%31',
      QUERY_STRING: 'x=%31',
      SERVER_NAME: 'example.org',
      SERVER_PORT: '8443',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: '192.0.2.1',
      REMOTE_PORT: '4711',
      REMOTE_USER: 'ann',
      HTTP_HOST: 'example.org:8443',
      HTTP_ACCEPT: 'text/html',
      'wsgi.version': [1, 0],
      'wsgi.url_scheme': 'https',
      'wsgi.multithread': false,
      'wsgi.multiprocess': true,
      'wsgi.run_once': true,
      processProxy: null,
    })
  })

  test('a decoded PATH_INFO is brought to normal form where there is no REQUEST_URI', async () => {
    const environ = await environOf({
      SCRIPT_NAME: '/cgi-bin/app.cgi',
      PATH_INFO: '/gr\u00fc\u00df/100%25',
      QUERY_STRING: 'q=1',
    })
    expect(environ).toMatchObject({
      PATH_INFO: '/gr%C3%BC%C3%9F/100%2525',
      REQUEST_URI: '/cgi-bin/app.cgi/gr%C3%BC%C3%9F/100%2525?q=1',
    })
  })

  test('a path that the server rewrote is divided where the server divided it', async () => {
    expect(
      await environOf({ SCRIPT_NAME: '/cgi-bin/app.cgi', PATH_INFO: '/a', REQUEST_URI: '/nice/a?x' }),
    ).toMatchObject({ SCRIPT_NAME: '/nice', PATH_INFO: '/a' })
    expect(
      await environOf({ SCRIPT_NAME: '/cgi-bin/app.cgi', PATH_INFO: '/b', REQUEST_URI: '/nice/a' }),
    ).toMatchObject({ SCRIPT_NAME: '', PATH_INFO: '/nice/a' })
    expect(await environOf({ SCRIPT_NAME: '/app', REQUEST_URI: '/app2/x' })).toMatchObject({
      SCRIPT_NAME: '',
      PATH_INFO: '/app2/x',
    })
  })

  test('the script itself has an empty PATH_INFO, a bare process the root', async () => {
    expect(await environOf({ SCRIPT_NAME: '/app.cgi', REQUEST_URI: '/app.cgi' })).toMatchObject({
      SCRIPT_NAME: '/app.cgi',
      PATH_INFO: '',
    })
    expect(await environOf({})).toMatchObject({
      SCRIPT_NAME: '',
      PATH_INFO: '/',
      REQUEST_URI: '/',
      SERVER_NAME: 'localhost',
      SERVER_PORT: '80',
      'wsgi.url_scheme': 'http',
    })
  })

  test('a header Proxy is neither in environ nor in the environment of the process', async () => {
    const environ = await environOf({ HTTP_PROXY: 'http://evil.example/' })
    expect(environ).not.toHaveProperty('HTTP_PROXY')
    expect(environ.processProxy).toBeNull()
  })

  test.each([
    ['climbs above the root', { REQUEST_URI: '/../a' }],
    ['climbs above the root when it is decoded', { PATH_INFO: '/../../a' }],
    ['holds a NUL', { REQUEST_URI: '/a%00' }],
    ['has a malformed Host', { HTTP_HOST: 'a/b' }],
  ])('a request that %s is answered 400', async (_, env) => {
    const { head, code } = await runScript('environ', { env: env as unknown as Record<string, string> })
    expect(head).toMatch(/^Status: 400 Bad Request\r\n/)
    expect(code).toBe(0)
  })
})

describe('the body of the request', () => {
  test('ends at CONTENT_LENGTH, though the pipe stays open', async () => {
    const { body, code } = await runScript('echo', { ...post('abcdef', '4'), end: false })
    expect(body).toBe('abcd')
    expect(code).toBe(0)
  })

  test('is empty without CONTENT_LENGTH', async () => {
    const { body } = await runScript('echo', {
      env: { REQUEST_METHOD: 'POST' },
      input: 'not of this request',
      end: false,
    })
    expect(body).toBe('')
  })

  test('goes on to the end of a chunked one', async () => {
    const env = { REQUEST_METHOD: 'POST', HTTP_TRANSFER_ENCODING: 'chunked' }
    expect((await runScript('echo', { env, input: 'abc' })).body).toBe('abc')
  })

  test('that is shorter than CONTENT_LENGTH is a client that left', async () => {
    const { head } = await runScript('read', post('abc', '5'))
    expect(head).toMatch(/^Status: 400 /)
  })

  test('is read whole up to a limit', async () => {
    expect((await runScript('read', post('abc'))).body).toBe('abc')
    expect((await runScript('read', post('abcdefghijk'))).head).toMatch(/^Status: 413 /)
  })
})

describe('the answer', () => {
  test('has a status line, headers as they were given, and a computed length', async () => {
    const { head, body } = await runScript('cookies')
    expect(head).toBe(
      'Status: 302 Found\r\nLocation: /next\r\nSet-Cookie: a=1\r\nSet-Cookie: b=caf\xe9\r\nContent-Length: 6\r\n',
    )
    expect(Buffer.from(body, 'latin1').toString()).toBe('gr\u00fc\u00df')
  })

  test('keeps the headers and sends no bytes for HEAD', async () => {
    const { head, body } = await runScript('cookies', { env: { REQUEST_METHOD: 'HEAD' } })
    expect(head).toContain('Content-Length: 6\r\n')
    expect(body).toBe('')
  })

  test('of 204 has neither bytes nor a length', async () => {
    expect((await runScript('empty')).output).toBe('Status: 204 No Content\r\n\r\n')
  })

  test('begins with what write sent', async () => {
    expect((await runScript('write')).body).toBe('ab')
  })

  test('of an HTTPError is that error', async () => {
    const { head, body, log, code } = await runScript('missing')
    expect(head).toMatch(/^Status: 404 Not Found\r\n/)
    expect(body).toBe('404 Not Found\nThere is no entry 42.\n')
    expect(log).toBe('')
    expect(code).toBe(0)
  })

  test('of another error is a plain 500, and the log has it', async () => {
    const { head, body, log, code } = await runScript('fails')
    expect(head).toMatch(/^Status: 500 /)
    expect(body).toBe('Internal Server Error\n')
    expect(log).toContain('Error: secret')
    expect(code).toBe(0)
  })

  test('of an application that does not call startResponse is a 500', async () => {
    const { head, log } = await runScript('forgets startResponse')
    expect(head).toMatch(/^Status: 500 /)
    expect(log).toContain('protocol 3.1')
  })

  test.each([
    ['fails half way', 'fails late', 'first', 'Error: late'],
    ['ends before its Content-Length', 'short', 'abc', 'protocol 4.5'],
  ])('that %s is cut short, with exit code 1', async (_, name, sent, logged) => {
    const { body, log, code } = await runScript(name)
    expect(body).toBe(sent)
    expect(log).toContain(logged)
    expect(code).toBe(1)
  })

  test('that is longer than its Content-Length is cut there', async () => {
    const { body, log } = await runScript('long')
    expect(body).toBe('abcd')
    expect(log).toContain('protocol 4.5')
  })

  test('ends the process, whatever is still open', async () => {
    expect(await runScript('stays open', { end: false })).toMatchObject({ body: 'done', code: 0 })
  })

  test('that the server does not read any more aborts the signal and ends the body', async () => {
    const { log, code } = await runScript('endless', { onOutput: () => false })
    expect(log).toBe('ended, aborted true\n')
    expect(code).toBe(1)
  })
})

test('what is no application is refused', async () => {
  await expect(runCgi('x' as never)).rejects.toThrow('Got the string x for the application')
})
