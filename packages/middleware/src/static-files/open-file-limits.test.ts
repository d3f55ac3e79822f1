import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { staticFiles } from '../static-files.ts'

vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  realpath: async (path: string) => path,
  open: vi.fn(),
}))

afterEach(() => vi.mocked(open).mockReset())

const app = stack(
  function inner(_environ, startResponse) {
    startResponse('404 Not Found', [])
    return 'inner'
  },
  staticFiles({ '/': tmpdir() }),
)

function failWith(code: string): void {
  vi.mocked(open).mockRejectedValue(Object.assign(new Error(`${code}: open '/srv/secret/a.txt'`), { code }))
}

test.each(['EMFILE', 'ENFILE'])(
  'with too many files open (%s) the answer is 503, to be tried again',
  async (code) => {
    failWith(code)
    const answer = await new Client(app).get('/a.txt')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('1')
    expect(answer.text()).not.toContain('secret')
  },
)

test.each(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES', 'EPERM', 'EISDIR', 'ENXIO', 'EINVAL'])(
  '%s is as if there were no file (P4)',
  async (code) => {
    failWith(code)
    expect((await new Client(app).get('/a.txt')).text()).toBe('inner')
  },
)

test('a broken disk is an error of the application', async () => {
  failWith('EIO')
  await expect(new Client(app).get('/a.txt')).rejects.toThrow('EIO')
})
