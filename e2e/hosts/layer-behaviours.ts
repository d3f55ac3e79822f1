import { expect } from 'vitest'
import type { Behaviour } from './behaviours.ts'
import { decoded, raw } from './raw-answer.ts'

const known = `Authorization: Basic ${Buffer.from('ada:lovelace').toString('base64')}\r\n`

/** What every layer that needs no Node does on every host, all of them around one application. */
export const layerBehaviours: readonly Behaviour[] = [
  {
    title: 'behind every layer: an application sees what they found out, a client what they added',
    async check(url) {
      const answer = await raw(url, 'GET', '/layers/shop/x', `${known}Origin: https://app.example\r\n`)
      expect(answer.head).toMatch(/^HTTP\/1\.1 200 /)
      const seen = JSON.parse(decoded(answer)) as Record<string, unknown>
      expect(seen).toMatchObject({ at: [`${mountOf(url)}/layers/shop`, '/x'], user: 'ada', length: 0 })
      expect(fieldOf(answer.head, 'x-request-id')).toBe(seen.id)
      expect(fieldOf(answer.head, 'content-security-policy')).toContain(`'nonce-${seen.nonce}'`)
      expect(fieldOf(answer.head, 'access-control-allow-origin')).toBe('https://app.example')
      expect(fieldOf(answer.head, 'x-content-type-options')).toBe('nosniff')
    },
  },
  {
    title: 'behind every layer: nobody gets in without the password, and the refusal can be read',
    async check(url) {
      for (const credentials of [
        '',
        `Authorization: Basic ${Buffer.from('ada:wrong').toString('base64')}\r\n`,
      ]) {
        const { head } = await raw(
          url,
          'GET',
          '/layers/shop/x',
          `${credentials}Origin: https://app.example\r\n`,
        )
        expect(head).toMatch(/^HTTP\/1\.1 401 /)
        expect(fieldOf(head, 'www-authenticate')).toContain('Basic realm=')
        expect(fieldOf(head, 'access-control-allow-origin')).toBe('https://app.example')
        expect(fieldOf(head, 'x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      }
    },
  },
  {
    title: 'behind every layer: a preflight is answered without a password',
    async check(url) {
      const asked = 'Origin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\n'
      const { head } = await raw(url, 'OPTIONS', '/layers/shop/x', asked)
      expect(head).toMatch(/^HTTP\/1\.1 204 /)
      expect(fieldOf(head, 'access-control-allow-methods')).toContain('PUT')
    },
  },
  {
    title: 'behind every layer: a form of another site is refused',
    async check(url) {
      const post = async (site: string): Promise<string> => {
        const headers = `${known}Sec-Fetch-Site: ${site}\r\nContent-Length: 3\r\n`
        return (await raw(url, 'POST', '/layers/shop/x', headers, 'a=b')).head
      }
      expect(await post('cross-site')).toMatch(/^HTTP\/1\.1 403 /)
      expect(await post('same-origin')).toMatch(/^HTTP\/1\.1 200 /)
    },
  },
  {
    title: 'behind every layer: the second application is asked where the first has nothing',
    async check(url) {
      expect(decoded(await raw(url, 'GET', '/layers/page', known))).toBe('the second had it')
      const missing = await raw(url, 'GET', '/layers/other', `${known}Accept: text/html\r\n`)
      expect(missing.head).toMatch(/^HTTP\/1\.1 404 /)
      expect(decoded(missing)).toContain('There is no such page.')
    },
  },
  {
    title: 'behind every layer: what fails and what is too long is shown as a page with its identifier',
    async check(url) {
      const asked = `${known}Accept: application/json\r\n`
      const failed = await raw(url, 'GET', '/layers/shop/fail', asked)
      const long = await raw(url, 'POST', '/layers/shop/x', `${asked}Content-Length: 20\r\n`, 'x'.repeat(20))
      for (const [status, answer] of [
        [503, failed],
        [413, long],
      ] as const) {
        expect(answer.head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
        expect(JSON.parse(decoded(answer))).toMatchObject({
          status,
          request_id: fieldOf(answer.head, 'x-request-id'),
        })
      }
    },
  },
  {
    title: 'behind every layer: health answers without a password',
    async check(url) {
      expect(decoded(await raw(url, 'GET', '/layers/health'))).toBe('{"status":"pass"}\n')
    },
  },
  {
    title: 'behind every layer: each request has its line',
    cannot: { cgi: 'each request has a process of its own' },
    async check(url) {
      const mount = mountOf(url)
      const forwarded = `${known}X-Forwarded-For: 203.0.113.9\r\n`
      const { head } = await raw(url, 'GET', '/layers/page', forwarded)
      const id = fieldOf(head, 'x-request-id')
      const lineOf = async (): Promise<unknown> => {
        const lines = JSON.parse(decoded(await raw(url, 'GET', '/layers/lines'))) as { id: string }[]
        return lines.find((line) => line.id === id)
      }
      // The line is written when the last byte was handed over, which the client may be told before.
      await expect.poll(lineOf).toEqual({
        id,
        address: '203.0.113.9',
        user: 'ada',
        method: 'GET',
        path: `${mount}/layers/page`,
        status: 200,
        size: 17,
        outcome: 'complete',
      })
    },
  },
]

function mountOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, '')
}

function fieldOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)\r$`, 'im').exec(head)?.[1]
}
