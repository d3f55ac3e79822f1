/** What differs between versions of Node and must not show: each version serves the same, and every client gets its answer. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findNodes } from './support/node-versions.ts'
import { sendRaw } from './support/raw.ts'

const script = fileURLToPath(new URL('./nodes/serve.js', import.meta.url))

for (const { title, path } of findNodes(20, 24, 26)) {
  describe.skipIf(path === undefined)(title, () => {
    let child: ChildProcessByStdio<Writable, Readable, null>
    let url: string

    beforeAll(async () => {
      child = spawn(path as string, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
      const [line] = await once(child.stdout, 'data')
      url = String(line).trim()
    })

    afterAll(async () => {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    })

    test.each(['gzip', 'deflate', 'br'])(
      'a stream that %s makes no smaller arrives whole',
      async (coding) => {
        const answer = await fetch(url, { headers: { 'Accept-Encoding': coding } })
        expect(answer.headers.get('content-encoding')).toBe(coding)
        expect((await answer.arrayBuffer()).byteLength).toBe(800_000)
      },
    )

    test('too many header fields without a body are answered, on a connection that stays usable', async () => {
      const many = Array.from({ length: 150 }, (_, index) => `X-${index}: y\r\n`).join('')
      const last = 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
      const answers = await sendRaw(url, `GET / HTTP/1.1\r\nHost: a\r\n${many}\r\n${last}`)
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 431', 'HTTP/1.1 200'])
    })
  })
}
