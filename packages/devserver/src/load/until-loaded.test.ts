import { expect, onTestFinished, test, vi } from 'vitest'
import { LOADING_NOTICE_MS, untilLoaded } from './until-loaded.ts'

test('says once that a module takes long, and waits on', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const notices: string[] = []
  let loaded: (value: string) => void = () => {}
  const waiting = untilLoaded(
    new Promise<string>((resolve) => {
      loaded = resolve
    }),
    'app.ts',
    (sentence) => notices.push(sentence),
  )
  vi.advanceTimersByTime(LOADING_NOTICE_MS - 1)
  expect(notices).toEqual([])
  vi.advanceTimersByTime(LOADING_NOTICE_MS)
  expect(notices).toEqual(['app.ts is still being loaded after 10 s; what does it await at its top level?'])
  loaded('the application')
  expect(await waiting).toBe('the application')
})

test('leaves no timer and no listener behind', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const before = process.listenerCount('beforeExit')
  await expect(untilLoaded(Promise.reject(new Error('broken')), 'app.ts', () => {})).rejects.toThrow('broken')
  expect(vi.getTimerCount()).toBe(0)
  expect(process.listenerCount('beforeExit')).toBe(before)
})
