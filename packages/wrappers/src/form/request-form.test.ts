import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BadRequest, ContentTooLarge } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Request, Response } from '../index.ts'
import { boundary, multipart } from './multipart.test-support.ts'

/** The system's folder for temporary files, a new one for each test. */
let temporary = ''

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  vi.stubEnv('TMPDIR', temporary)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(temporary, { recursive: true })
})

const large = 'x'.repeat(600_000)
const type = `multipart/form-data; boundary=${boundary}`
const upload = multipart([{ name: 'file', filename: 'large.txt', type: 'text/plain', content: large }])
const post = { method: 'POST', headers: { 'Content-Type': type }, body: upload }

/** The text of the uploaded file, read from the disk. */
async function textOf(request: Request<unknown>): Promise<string> {
  const file = (await request.formData()).get('file') as File
  expect(readdirSync(temporary)).toHaveLength(1)
  return file.text()
}

describe('temporary files are gone when the request ends (robustness.md F4)', () => {
  test('before a whole answer is sent', async () => {
    const app = Request.application(async (request) => new Response(String((await textOf(request)).length)))
    const answer = await new Client((environ, startResponse) => app(environ, startResponse)).post('/', post)
    expect(answer.text()).toBe('600000')
    expect(answer.headers.get('content-length')).toBe('6')
    expect(readdirSync(temporary)).toEqual([])
  })

  test('after an answer that is still made from them', async () => {
    const app = Request.application(async (request) => {
      const file = (await request.formData()).get('file') as File
      return new Response(file.stream() as AsyncIterable<Uint8Array> & ReadableStream<Uint8Array>)
    })
    const answer = await new Client(app).post('/', post)
    expect(answer.text()).toBe(large)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('after a body that reads the form itself', async () => {
    const app = Request.application((request) => {
      async function* body(): AsyncGenerator<string> {
        yield 'length '
        yield String((await textOf(request)).length)
      }
      return new Response(body())
    })
    expect((await new Client(app).post('/', post)).text()).toBe('length 600000')
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when an application that the handler gives has answered', async () => {
    const app = Request.application(async (request) => {
      const length = (await textOf(request)).length
      return (_environ, startResponse) => {
        startResponse('200 OK', [])
        return String(length)
      }
    })
    expect((await new Client(app).post('/', post)).text()).toBe('600000')
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when the handler throws', async () => {
    const app = Request.application(async (request) => {
      await textOf(request)
      throw new BadRequest('No.')
    })
    expect((await new Client(app).post('/', post)).status).toBe(400)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when what the handler gives is no answer', async () => {
    const app = Request.application(async (request) => {
      await textOf(request)
      return 5 as never
    })
    await expect(new Client(app).post('/', post)).rejects.toThrow('Got 5 from the handler')
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when the body fails half way', async () => {
    const app = Request.application(async (request) => {
      await textOf(request)
      return new Response(
        (function* () {
          yield 'a'
          throw new Error('half way')
        })(),
      )
    })
    await expect(new Client(app).post('/', post)).rejects.toThrow('half way')
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when the answer has no content', async () => {
    const app = Request.application(async (request) => {
      await textOf(request)
      return new Response(['never'].values(), { status: 204 })
    })
    expect((await new Client(app).post('/', post)).status).toBe(204)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when the form itself is refused', async () => {
    const request = new Request(createEnviron('/', post))
    await expect(request.formData({ file: 550_000 })).rejects.toThrow(ContentTooLarge)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when the form is cut off in a file', async () => {
    const request = new Request(createEnviron('/', { ...post, body: upload.subarray(0, 580_000) }))
    await expect(request.formData()).rejects.toThrow(BadRequest)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when the client leaves while it uploads (robustness.md F2)', async () => {
    const leave = new AbortController()
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield upload.subarray(0, 580_000)
      leave.abort()
      await new Promise(() => {})
    }
    const request = new Request(createEnviron('/', { ...post, body: stalling(), signal: leave.signal }))
    await expect(request.formData()).rejects.toMatchObject({ name: 'ClientDisconnected' })
    expect(readdirSync(temporary)).toEqual([])
  })

  test('when the client leaves while a request made by hand is answered', async () => {
    const leave = new AbortController()
    const request = new Request(createEnviron('/', { ...post, signal: leave.signal }))
    await textOf(request)
    leave.abort()
    await request.close()
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe('close', () => {
  test('removes the files of a request made by hand; they cannot be read any more', async () => {
    const request = new Request(createEnviron('/', post))
    const file = (await request.formData()).get('file') as File
    await request.close()
    expect(readdirSync(temporary)).toEqual([])
    await expect(file.text()).rejects.toThrow()
    expect(file.size).toBe(600_000)
  })

  test('ends a form that is still being read', async () => {
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield upload.subarray(0, 580_000)
      await new Promise(() => {})
    }
    const request = new Request(createEnviron('/', { ...post, body: stalling() }))
    const form = request.formData()
    await vi.waitFor(() => expect(readdirSync(temporary)).toHaveLength(1))
    await request.close()
    await expect(form).rejects.toThrow('The request has ended')
    expect(readdirSync(temporary)).toEqual([])
  })

  test('ends a form of which nothing was read yet', async () => {
    const request = new Request(createEnviron('/', post))
    const form = request.formData()
    await request.close()
    await expect(form).rejects.toThrow('The request has ended')
    expect(readdirSync(temporary)).toEqual([])
  })

  test('a handler that does not wait for its form is answered, and nobody hears of the form', async () => {
    const app = Request.application((request) => {
      request.formData()
      return new Response('early')
    })
    expect((await new Client(app).post('/', post)).text()).toBe('early')
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe('the boundary (robustness.md F6, M3)', () => {
  const read = (contentType: string): Promise<FormData> =>
    new Request(createEnviron('/', { ...post, headers: { 'Content-Type': contentType } })).formData()

  test('may be quoted', async () => {
    expect((await read(`multipart/form-data; charset=utf-8; boundary="${boundary}"`)).has('file')).toBe(true)
    expect((await read(`Multipart/Form-Data; Boundary=${boundary}`)).has('file')).toBe(true)
  })

  test.each([
    'multipart/form-data',
    'multipart/form-data; boundary=""',
    `multipart/form-data; boundary=${boundary}; boundary=other`,
    `multipart/form-data; boundary=${boundary}; BOUNDARY=${boundary}`,
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'multipart/form-data; boundary="ends with a space "',
    'multipart/form-data; boundary="a\\"b"',
  ])('%s is answered 400', async (contentType) => {
    await expect(read(contentType)).rejects.toThrow('no valid boundary')
  })

  test('may have 70 characters', async () => {
    await expect(read(`multipart/form-data; boundary=${'x'.repeat(70)}`)).rejects.toThrow(
      'before its first boundary',
    )
  })
})

test('a urlencoded form over its limit is answered 413, with and without a length (robustness.md M4, M5)', async () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const body = Buffer.from('a=1'.padEnd(100, '&'))
  for (const sent of [body, [body.subarray(0, 50), body.subarray(50)]]) {
    const request = new Request(createEnviron('/', { method: 'POST', headers, body: sent }))
    await expect(request.formData({ fields: 99 })).rejects.toThrow(ContentTooLarge)
  }
})

test('a form that is too long by its own word is answered 413 before anything is read (robustness.md M5)', async () => {
  let pulled = 0
  async function* body(): AsyncGenerator<Uint8Array> {
    pulled++
    yield upload
  }
  const headers = { 'Content-Type': type, 'Content-Length': '20000001' }
  const request = (): Request => new Request(createEnviron('/', { method: 'POST', headers, body: body() }))
  await expect(request().formData()).rejects.toThrow(ContentTooLarge)
  await expect(request().parts().next()).rejects.toThrow(ContentTooLarge)
  expect(pulled).toBe(0)
})

test('a limit that is none throws where formData is called (robustness.md M6)', () => {
  expect(() => new Request(createEnviron('/', post)).formData({ file: Number.NaN })).toThrow(RangeError)
})

test('small files touch no disk', async () => {
  const small = multipart([{ name: 'file', filename: 'a.txt', type: 'text/plain', content: 'small' }])
  const request = new Request(createEnviron('/', { ...post, body: small }))
  const file = (await request.formData()).get('file') as File
  expect(readdirSync(temporary)).toEqual([])
  await request.close()
  expect(await file.text()).toBe('small')
  expect(existsSync(temporary)).toBe(true)
})
