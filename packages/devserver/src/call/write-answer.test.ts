import { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readSettings } from '../command/settings.ts'
import type { CallSettings } from './call-settings.ts'
import { writeAnswer } from './write-answer.ts'

interface Given {
  readonly isTTY?: boolean
  readonly status?: number
  readonly coding?: string
  readonly settings?: Partial<CallSettings>
}

/** What is written for an answer with this body, on a terminal or not; and what is said beside it. */
async function written(
  body: Uint8Array,
  { isTTY = false, status = 200, coding, settings }: Given = {},
): Promise<unknown> {
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
    status,
    reason: 'Reason',
    rawHeaders: coding === undefined ? [] : ['Content-Encoding', coding],
    body: (async function* () {
      yield body
    })(),
    destroy: () => {
      destroyed = true
    },
  }
  let said = ''
  const { code, size } = await writeAnswer(
    answer,
    'head\n',
    { ...readSettings({ flags: new Map(), environment: {} }), ...settings },
    (text) => {
      said += text
    },
  )
  const bytes = Buffer.concat(chunks).toString('latin1')
  return { code, size, bytes, said: said.slice(0, 32), destroyed }
}

const binary = new Uint8Array([0x89, 0x50, 0x00])

test('bytes that are no text are not written to a terminal', async () => {
  expect(await written(binary, { isTTY: true })).toEqual({
    code: 23,
    size: 3,
    bytes: 'head\n',
    said: 'stapel: The answer is binary, wh',
    destroyed: true,
  })
})

test.for([
  ['text on a terminal', Buffer.from('h\xe9llo', 'latin1'), true, undefined],
  ['bytes in a pipe', binary, false, undefined],
  ['bytes that are asked for', binary, true, '-'],
] as const)('%s are written as they are', async ([, body, isTTY, output]) => {
  expect(await written(body, { isTTY, settings: { output } })).toEqual({
    code: 0,
    size: body.byteLength,
    bytes: `head\n${Buffer.from(body).toString('latin1')}`,
    said: '',
    destroyed: false,
  })
})

test('with --fail a refusal has no body, with --fail-with-body it has', async () => {
  const body = Buffer.from('why')
  expect(await written(body, { status: 404, settings: { fail: true } })).toMatchObject({
    code: 22,
    bytes: '',
    said: 'stapel: The answer is 404 Reason',
    destroyed: true,
  })
  const settings = { fail: true, failWithBody: true }
  expect(await written(body, { status: 404, settings })).toMatchObject({ code: 22, bytes: 'head\nwhy' })
  expect(await written(body, { status: 304, settings })).toMatchObject({ code: 0, bytes: 'head\nwhy' })
})

test('with --compressed the coding is undone, and the bytes that came are counted', async () => {
  const coded = gzipSync('text')
  expect(await written(coded, { coding: 'gzip', settings: { compressed: true } })).toMatchObject({
    code: 0,
    size: coded.byteLength,
    bytes: 'head\ntext',
  })
  expect(await written(coded, { coding: 'gzip' })).toMatchObject({
    bytes: `head\n${coded.toString('latin1')}`,
  })
})

test('a coding that cannot be undone is told, with exit code 61', async () => {
  expect(await written(Buffer.from('text'), { coding: 'br', settings: { compressed: true } })).toMatchObject({
    code: 61,
    said: 'stapel: The answer is not coded ',
    destroyed: true,
  })
})
