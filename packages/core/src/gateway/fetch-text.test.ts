import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('on Node a text becomes a stream, which gives its bytes and ends', async () => {
  const textBody = await textBodyOn('Node.js/24')
  const body = textBody('caf\u00e9')
  expect(body).toBeInstanceOf(ReadableStream)
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  expect((await reader.read()).value).toEqual(new Uint8Array([0x63, 0x61, 0x66, 0xc3, 0xa9]))
  expect((await reader.read()).done).toBe(true)
})

test('a Response of the stream can be cloned, and both give the text', async () => {
  const textBody = await textBodyOn('Node.js/24')
  const response = new Response(textBody('twice'))
  const copy = response.clone()
  expect([await response.text(), await copy.text()]).toEqual(['twice', 'twice'])
})

test.each(['Bun/1.3', 'Deno/2', 'Cloudflare-Workers', undefined])(
  'with the user agent %s a text stays a text',
  async (userAgent) => {
    const textBody = await textBodyOn(userAgent)
    expect(textBody('as it is')).toBe('as it is')
  },
)

test('a class that a server put in the place of Response gets the text, from then on', async () => {
  const textBody = await textBodyOn('Node.js/24')
  expect(textBody('before')).toBeInstanceOf(ReadableStream)
  vi.stubGlobal('Response', class extends Response {})
  expect(textBody('after')).toBe('after')
})

test('a class whose bodies are no streams gets the text', async () => {
  const textBody = await textBodyOn('Node.js/24')
  vi.stubGlobal('Response', class Plain {})
  expect(textBody('plain')).toBe('plain')
})

/** The function in a module of its own, on a host that says this of itself. */
async function textBodyOn(
  userAgent: string | undefined,
): Promise<(text: string) => string | ReadableStream<Uint8Array>> {
  vi.stubGlobal('navigator', userAgent === undefined ? undefined : { userAgent })
  vi.resetModules()
  return (await import('./fetch-text.ts')).textBody
}
