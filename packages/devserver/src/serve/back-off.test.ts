import { expect, test } from 'vitest'
import { BACK_OFF_LIMIT_MS, BackOff, STEADY_MS } from './back-off.ts'

test('the wait doubles with each worker that does not last, up to a limit', () => {
  const backOff = new BackOff()
  const waits = Array.from({ length: 11 }, () => backOff.after(0))
  expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800])
  expect(waits.at(-1)).toBe(BACK_OFF_LIMIT_MS)
})

test('a worker that lasted begins anew', () => {
  const backOff = new BackOff()
  backOff.after(0)
  backOff.after(STEADY_MS - 1)
  expect(backOff.after(STEADY_MS)).toBe(100)
  expect(backOff.after(0)).toBe(200)
})

test('any number of failures gives a finite wait', () => {
  const backOff = new BackOff()
  for (let i = 0; i < 2000; i++) expect(backOff.after(0)).toBeLessThanOrEqual(BACK_OFF_LIMIT_MS)
})
