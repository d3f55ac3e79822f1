import { mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { staticFiles } from '../static-files.ts'
import { FileCache } from './file-cache.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() + 60_000 })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const gone: Application = (_environ, startResponse) => {
  startResponse('404 Not Found', [])
  return ''
}

const file = fc.nat(2)
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant('write' as const), file, size: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('remove' as const), file }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('ask' as const), file, at: fc.nat(600) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.nat(1_200) }) },
)

/** What a file holds, `''` where it is not there, and since when. */
interface Version {
  readonly text: string
  readonly since: number
}

test('it gives what a file holds or held no longer ago than it may, and stays within its bounds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      fc.record({
        maxBytes: fc.constantFrom(0, 10_000, 100_000, 1_000_000),
        maxEntries: fc.constantFrom(0, 1, 2, 10),
        maxStaleMs: fc.constantFrom(0, 500, 1_000),
      }),
      async (steps, cache) => {
        const keeping = vi.spyOn(FileCache.prototype, 'keeper')
        const directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-file-cache-model-')))
        const client = new Client(stack(gone, staticFiles({ '/': directory }, { cache })))
        const history = new Map<number, Version[]>()
        const note = (number: number, text: string): void => {
          history.set(number, [...(history.get(number) ?? []), { text, since: performance.now() }])
        }
        for (const [index, given] of steps.entries()) {
          if (given.does === 'wait') {
            vi.advanceTimersByTime(given.ms)
          } else if (given.does === 'write') {
            // No two versions have one size: whatever the clock of the file system is, they differ in their state.
            const text = `${index} `.padEnd(1 + given.size + index * 301, 'x')
            await writeFile(join(directory, 'new'), text)
            await rename(join(directory, 'new'), join(directory, `${given.file}.txt`))
            note(given.file, text)
          } else if (given.does === 'remove') {
            await rm(join(directory, `${given.file}.txt`), { force: true })
            note(given.file, '')
          } else {
            const range = given.at % 2 === 0 ? {} : { Range: `bytes=${given.at}-` }
            const answer = await client.get(`/${given.file}.txt`, { headers: range })
            const allowed = versionsSince(history.get(given.file) ?? [], performance.now() - cache.maxStaleMs)
            expect(allowed.map((text) => expectedOf(text, range.Range, given.at))).toContain(
              `${answer.status} ${answer.status === 416 ? '' : answer.text()}`,
            )
          }
          const used = keeping.mock.contexts.at(-1) as FileCache | undefined
          expect(used?.weight ?? 0).toBeLessThanOrEqual(cache.maxBytes)
          expect(bytesKept(used)).toBeLessThanOrEqual(used?.weight ?? 0)
          expect(used?.size ?? 0).toBeLessThanOrEqual(cache.maxEntries)
        }
        await rm(directory, { recursive: true })
        keeping.mockRestore()
      },
    ),
    { numRuns: 60 },
  )
}, 60_000)

function bytesKept(cache: FileCache | undefined): number {
  const contents = [0, 1, 2].flatMap((number) => cache?.get(`/${number}.txt`)?.contents ?? [])
  return contents.reduce((sum, content) => sum + (content?.bytes.byteLength ?? 0), 0)
}

/** Every text that the file had at this time or later. */
function versionsSince(history: readonly Version[], time: number): string[] {
  const later = history.filter(({ since }) => since > time).map(({ text }) => text)
  const before = history.findLast(({ since }) => since <= time)
  return [before?.text ?? '', ...later]
}

function expectedOf(text: string, range: string | undefined, from: number): string {
  if (text === '') return '404 '
  if (range === undefined) return `200 ${text}`
  return from < text.length ? `206 ${text.slice(from)}` : '416 '
}
