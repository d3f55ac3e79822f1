import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@stapel/testing'
import { onTestFinished, vi } from 'vitest'

/** The real application over a folder of its own, for one test. */
export async function openGuestbook(): Promise<{ client: Client; data: string }> {
  const data = await mkdtemp(join(tmpdir(), 'guestbook-'))
  vi.stubEnv('GUESTBOOK_DATA', data)
  vi.resetModules()
  const { app } = await import('./app.ts')
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(data, { recursive: true })
  })
  return { client: new Client(app), data }
}

/** A picture of one pixel. */
export const png: Uint8Array<ArrayBuffer> = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)

/** The form of the guestbook, filled as a browser does. */
export function filledForm(name: string, message: string, picture: BlobPart = ''): FormData {
  const form = new FormData()
  form.set('name', name)
  form.set('message', message)
  form.set('picture', new File([picture], picture === '' ? '' : 'cat.png', { type: 'image/png' }))
  return form
}
