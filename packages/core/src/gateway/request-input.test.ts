import { expect, test } from 'vitest'
import { ClientDisconnected, ContentTooLarge } from '../http-errors.ts'
import type { Application } from '../protocol.ts'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

const next = 'GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

/** Answers `/next` and hands every other request to an application. */
function withNext(app: Application): Application {
  return (environ, startResponse) => {
    if (environ.PATH_INFO !== '/next') return app(environ, startResponse)
    startResponse('200 OK', [])
    return 'second answer'
  }
}

const echo: Application = async (environ, startResponse) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of environ['wsgi.input']) chunks.push(chunk)
  startResponse('200 OK', [])
  return Buffer.concat(chunks)
}

test('6: wsgi.input ends at Content-Length', async () => {
  const server = await serveForTest(withNext(echo))
  const connection = await RawConnection.open(server)
  connection.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello${next}`)
  expect(await connection.untilClose()).toMatch(/\r\n\r\nHelloHTTP\/1\.1 200 OK[\s\S]*second answer$/)
})

test('6: wsgi.input ends at the end of a chunked body', async () => {
  const server = await serveForTest(withNext(echo))
  const connection = await RawConnection.open(server)
  connection.send(
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nHel\r\n2\r\nlo\r\n0\r\n\r\n${next}`,
  )
  expect(await connection.untilClose()).toMatch(/\r\n\r\nHelloHTTP\/1\.1 200 OK[\s\S]*second answer$/)
})

test('6: wsgi.input of a request without a body is empty', async () => {
  const server = await serveForTest(echo)
  expect(await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/Content-Length: 0/)
})

test('6: a small body that nobody reads is discarded and the connection kept', async () => {
  const server = await serveForTest(
    withNext((_environ, startResponse) => {
      startResponse('200 OK', [])
      return 'first answer'
    }),
  )
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n')
  await connection.until(/first answer/)
  connection.send('x'.repeat(1000) + next)
  expect(await connection.untilClose()).toContain('second answer')
})

test('6: leaving the iteration early leaves the connection usable', async () => {
  const server = await serveForTest(
    withNext(async (environ, startResponse) => {
      for await (const _ of environ['wsgi.input']) break
      startResponse('200 OK', [])
      return 'first answer'
    }),
  )
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc')
  await connection.until(/first answer/)
  connection.send('x'.repeat(997) + next)
  expect(await connection.untilClose()).toContain('second answer')
})

test('6: a large body that nobody reads is answered first, discarded, and the connection closed', async () => {
  const server = await serveForTest((_environ, startResponse) => {
    startResponse('413 Content Too Large', [])
    return 'no, thank you'
  })
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
  expect(await connection.until(/no, thank you/)).toMatch(/Connection: close/)
  connection.send('x'.repeat(1_000_000))
  expect(await connection.untilClose()).toMatch(/no, thank you$/)
})

test('6: a large chunked body that nobody reads ends the connection', async () => {
  const server = await serveForTest(
    withNext((_environ, startResponse) => {
      startResponse('200 OK', [])
      return 'first answer'
    }),
  )
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  await connection.until(/first answer/)
  connection.send(`${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n0\r\n\r\n${next}`)
  expect(await connection.untilClose()).not.toContain('second answer')
})

test('6: a client that sends without end is cut off after 16 MiB', async () => {
  const server = await serveForTest((_environ, startResponse) => {
    startResponse('413 Content Too Large', [])
    return 'no, thank you'
  })
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n')
  await connection.until(/no, thank you/)
  const chunk = Buffer.alloc(1_048_576)
  let sent = 0
  while (!connection.socket.destroyed && sent < 512) {
    sent++
    if (!connection.socket.write(chunk)) {
      await new Promise((resolve) => {
        connection.socket.once('drain', resolve)
        connection.socket.once('close', resolve)
      })
    }
  }
  expect(connection.socket.destroyed).toBe(true)
  expect(sent).toBeLessThan(64)
})

test('6: 100 Continue is sent when the application first reads', async () => {
  const entered = gate()
  const proceed = gate()
  const server = await serveForTest(async (environ, startResponse) => {
    entered.open()
    await proceed.opened
    const bytes = await environ['stapel.context'].read()
    startResponse('200 OK', [])
    return bytes
  })
  const connection = await RawConnection.open(server)
  connection.send(
    'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n',
  )
  await entered.opened
  expect(connection.text).toBe('')
  proceed.open()
  await connection.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  expect(await connection.send('Hello').untilClose()).toMatch(/200 OK[\s\S]*Hello$/)
})

test('6: no 100 Continue is sent when the application answers without reading, and the connection closes', async () => {
  const server = await serveForTest((_environ, startResponse) => {
    startResponse('403 Forbidden', [])
    return 'no'
  })
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
  expect(await connection.until(/no$/)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Connection: close/)
  expect(connection.text).not.toContain('100 Continue')
})

test('6: a client that goes while its body is read makes the input throw ClientDisconnected', async () => {
  const failures: unknown[] = []
  const server = await serveForTest(async (environ, startResponse) => {
    try {
      for await (const _ of environ['wsgi.input']);
    } catch (error) {
      failures.push(error)
      throw error
    }
    startResponse('200 OK', [])
    return ''
  })
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc')
  connection.socket.end()
  await expect.poll(() => failures).toEqual([expect.any(ClientDisconnected)])
  expect(server.log).toEqual([])
})

test('stapel.context.read rejects with ClientDisconnected when the client goes', async () => {
  const failures: unknown[] = []
  const server = await serveForTest(async (environ) => {
    await environ['stapel.context'].read().catch((error: unknown) => failures.push(error))
    throw failures[0]
  })
  const connection = await RawConnection.open(server)
  connection.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc')
  connection.socket.end()
  await expect.poll(() => failures).toEqual([expect.any(ClientDisconnected)])
})

test('stapel.context.read gives two layers the same bytes, and the iteration too', async () => {
  const server = await serveForTest(async (environ, startResponse) => {
    const context = environ['stapel.context']
    const [first, second] = await Promise.all([context.read(), context.read()])
    const iterated: Uint8Array[] = []
    for await (const chunk of environ['wsgi.input']) iterated.push(chunk)
    startResponse('200 OK', [])
    return `${first === second} ${Buffer.concat(iterated)}`
  })
  expect(await rawRequest(server, 'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nHello')).toMatch(/true Hello$/)
})

test.each([
  ['announced', 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 11\r\n\r\nHello World'],
  [
    'chunked',
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nHello World\r\n0\r\n\r\n',
  ],
])('stapel.context.read rejects an %s body beyond its limit with 413', async (_, request) => {
  const failures: unknown[] = []
  const server = await serveForTest(async (environ) => {
    const error = await environ['stapel.context'].read({ limit: 10 }).catch((reason: unknown) => reason)
    failures.push(error)
    throw error
  })
  expect(await rawRequest(server, request)).toMatch(/^HTTP\/1\.1 413 Content Too Large\r\n/)
  expect(failures).toEqual([expect.any(ContentTooLarge)])
})

test('stapel.context.read applies the limit of each caller', async () => {
  const server = await serveForTest(async (environ, startResponse) => {
    const context = environ['stapel.context']
    await context.read({ limit: 100 })
    const second = await context.read({ limit: 1 }).catch((error: Error) => error.name)
    startResponse('200 OK', [])
    return String(second)
  })
  expect(await rawRequest(server, 'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nHello')).toMatch(
    /ContentTooLarge$/,
  )
})

test('stapel.context.read refuses a body that was partly iterated', async () => {
  const server = await serveForTest(
    async (environ, startResponse) => {
      for await (const _ of environ['wsgi.input']) break
      const outcome = await environ['stapel.context'].read().catch((error: Error) => error.name)
      startResponse('200 OK', [])
      return String(outcome)
    },
    { validated: false },
  )
  expect(await rawRequest(server, 'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nHello')).toMatch(/TypeError$/)
})
