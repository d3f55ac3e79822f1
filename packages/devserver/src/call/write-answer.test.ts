import { Writable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readSettings } from '../command/settings.ts'
import type { CallRequest } from './call-request.ts'
import { writeAnswer } from './write-answer.ts'

const call: CallRequest = { method: 'GET', url: new URL('http://localhost/'), headers: [], body: undefined }

/** What is written for an answer with this body, on a terminal or not; and what is said beside it. */
async function written(body: Uint8Array, isTTY: boolean, output?: string): Promise<unknown> {
  const chunks: Buffer[] = []
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  vi.spyOn(process, 'stdout', 'get').mockReturnValue(Object.assign(stdout, { isTTY }) as never)
  onTestFinished(() => void vi.restoreAllMocks())
  let destroyed = false
  const answer = {
    status: 200,
    reason: 'OK',
    rawHeaders: [],
    body: (async function* () {
      yield body
    })(),
    destroy: () => {
      destroyed = true
    },
  }
  const settings = { ...readSettings({ flags: new Map(), environment: {} }), output }
  let said = ''
  const code = await writeAnswer(
    call,
    async () => answer,
    settings,
    (text) => {
      said += text
    },
  )
  return { code, bytes: Buffer.concat(chunks).toString('latin1'), said: said.slice(0, 28), destroyed }
}

const binary = new Uint8Array([0x89, 0x50, 0x00])

test('bytes that are no text are not written to a terminal', async () => {
  expect(await written(binary, true)).toEqual({
    code: 23,
    bytes: '',
    said: 'stapel: The answer is binary',
    destroyed: true,
  })
})

test.for([
  ['text on a terminal', Buffer.from('h\xe9llo', 'latin1'), true, undefined],
  ['bytes in a pipe', binary, false, undefined],
  ['bytes that are asked for', binary, true, '-'],
] as const)('%s are written as they are', async ([, body, isTTY, output]) => {
  expect(await written(body, isTTY, output)).toEqual({
    code: 0,
    bytes: Buffer.from(body).toString('latin1'),
    said: '',
    destroyed: false,
  })
})
