import { type Application, type HeaderList, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { liveReload } from './live-reload.ts'
import { scriptElement, scriptHash } from './live-script.ts'

const element = scriptElement('run.7')

/** An application that answers with these headers and this body. */
function answering(
  headers: HeaderList,
  body: string | string[] = '<html><body>Hello</body></html>',
): Application {
  return validate((_environ, startResponse) => {
    startResponse('200 OK', [...headers])
    return body
  })
}

const html: HeaderList = [['Content-Type', 'text/html; charset=utf-8']]
const navigation = { 'Sec-Fetch-Dest': 'document', Accept: 'text/html,*/*;q=0.8' }

async function read(app: Application, headers: Record<string, string> = navigation): Promise<string> {
  const client = new Client(validate(liveReload(app, 'run.7')))
  return await (await client.get('/', { headers })).text()
}

describe('a page that a browser shows', () => {
  test('holds the script, with the version of its code', async () => {
    expect(await read(answering(html))).toBe(`<html><body>Hello${element}</body></html>`)
    expect(element).toMatch(/^<script data-version="run\.7">/)
  })

  test('in chunks, too, and with a length that is no longer true', async () => {
    const app = answering([...html, ['Content-Length', '31']], ['<html><body>', 'Hello', '</body></html>'])
    expect(await read(app)).toBe(`<html><body>Hello${element}</body></html>`)
  })

  test('allows the script in its policy', async () => {
    const app = answering([...html, ['Content-Security-Policy', "default-src 'self'"]])
    const client = new Client(validate(liveReload(app, 'run.7')))
    const { headers } = await client.get('/', { headers: navigation })
    expect(headers.get('Content-Security-Policy')).toContain(`script-src 'self' ${scriptHash}`)
  })

  test('comes neither encoded nor from the copy of the browser', async () => {
    const seen: unknown[] = []
    const app: Application = (environ, startResponse) => {
      seen.push(environ.HTTP_ACCEPT_ENCODING, environ.HTTP_IF_NONE_MATCH)
      startResponse('200 OK', [...html])
      return '<html></html>'
    }
    await read(app, { ...navigation, 'Accept-Encoding': 'gzip', 'If-None-Match': '"1"' })
    expect(seen).toEqual([undefined, undefined])
  })

  test('has the headers without a body for HEAD', async () => {
    const client = new Client(validate(liveReload(answering(html), 'run.7')))
    const answer = await client.head('/', { headers: navigation })
    expect(await answer.text()).toBe('')
  })
})

describe('left as it is', () => {
  const plain = '<html><body>Hello</body></html>'

  test.each([
    ['a fragment that htmx asks for', { ...navigation, 'HX-Request': 'true' }],
    ['a frame of Turbo', { ...navigation, 'Turbo-Frame': 'list' }],
    ['what a script fetches', { 'Sec-Fetch-Dest': 'empty', Accept: 'text/html' }],
    ['what a program asks for', { Accept: '*/*' }],
  ])('is %s', async (_what, headers) => {
    expect(await read(answering(html), headers)).toBe(plain)
  })

  test.each([
    ['a download', [...html, ['Content-Disposition', 'attachment; filename="a.html"']]],
    ['text that is no HTML', [['Content-Type', 'text/plain']]],
    ['an answer that is encoded', [...html, ['Content-Encoding', 'x-own']]],
    ['an answer without a type', []],
  ] as [string, HeaderList][])('is %s', async (_what, headers) => {
    expect(await read(answering(headers))).toBe(plain)
  })
})
