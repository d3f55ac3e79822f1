import { expect, test } from 'vitest'
import { createProject } from '../stapel-command.test-support.ts'
import { callHooks, hooksOfModule } from './hooks.ts'

test('hooks are called one after the other, each with its worker', async () => {
  const calls: unknown[] = []
  const slow = { onWorker: async (info: unknown) => [await null, calls.push(['slow', info])] }
  const fast = { onWorker: (info: unknown) => calls.push(['fast', info]) }
  await callHooks([slow, {}, fast], 'onWorker', { worker: 2 })
  expect(calls).toEqual([
    ['slow', { worker: 2 }],
    ['fast', { worker: 2 }],
  ])
})

test('what a hook throws ends the others', async () => {
  const after = { onExit: () => expect.unreachable() }
  const broken = {
    onExit() {
      throw new Error('broken')
    },
  }
  await expect(callHooks([broken, after], 'onExit', { worker: 1 })).rejects.toThrow('broken')
})

test('a hook that never ends is named', async () => {
  const never = { onBoot: () => new Promise(() => {}) }
  await expect(callHooks([never], 'onBoot', undefined, 10)).rejects.toThrow(
    'onBoot was not done after 10 ms.',
  )
})

test('a module has hooks beside its application, or in its default export', async () => {
  await using project = createProject({
    'a.mjs': 'export const onWorker = () => 1, onExit = 2, onBoot = () => 3',
    'b.cjs': 'module.exports = { onExit() { return 4 } }',
    'c.mjs': 'export default () => {}',
  })
  const [a, b, c] = await Promise.all(
    ['a.mjs', 'b.cjs', 'c.mjs'].map((file) => hooksOfModule(project.path(file))),
  )
  expect([a?.onWorker?.({ worker: 1 }), a?.onExit, a?.onBoot]).toEqual([1, undefined, undefined])
  expect(b?.onExit?.({ worker: 1 })).toBe(4)
  expect([c?.onWorker, c?.onExit]).toEqual([undefined, undefined])
})
