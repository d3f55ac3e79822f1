import type { Application } from '@stapel/core'
import type { Request } from '@stapel/wrappers'
import { Client, type ClientAnswer, type RequestInit, type StreamedAnswer } from './index.ts'

declare const app: Application
const client = new Client(app, { base: new URL('https://example.org'), hosts: ['.example.org'] })

export const answer: ClientAnswer = await client.get('/')
export const status: number = answer.status
export const text: string = answer.text()
export const bytes: Uint8Array = answer.bytes()
export const value: unknown = answer.json()
export const typed: { id: number } = answer.json<{ id: number }>()
export const history: readonly ClientAnswer[] = answer.history
export const request: Request = answer.request

export const streamed: StreamedAnswer = await client.stream('/')
export const later: Promise<string> = streamed.text()
for await (const chunk of streamed) chunk satisfies Uint8Array

export const inits: RequestInit[] = [
  { method: 'PROPFIND', query: { page: 2, tag: ['a', 'b'], none: undefined } },
  { form: { name: 'Ada', file: new File([], 'a.txt'), tags: ['a', 1, true] } },
  { headers: new Headers({ a: 'b' }), auth: { username: 'a', password: 'b' } },
  { body: new FormData(), environ: { REMOTE_ADDR: '192.0.2.1', HTTP_COOKIE: undefined, 'stapel.own': 1 } },
  // @ts-expect-error an object is sent by `json` or `form`
  { body: { a: 1 } },
  // @ts-expect-error fields of a form are text, numbers, booleans and files
  { form: { a: { b: 1 } } },
]

// @ts-expect-error the base is the client's
client.get('/', { base: 'https://example.com' })
