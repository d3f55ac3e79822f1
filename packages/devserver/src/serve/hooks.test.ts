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

const silent = (sentence: string): never => expect.unreachable(sentence)

test('a module has hooks beside its application, or in its default export', async () => {
  await using project = createProject({
    'a.mjs': 'export const onWorker = () => 1, onExit = undefined',
    'b.cjs': 'module.exports = { onExit() { return 4 }, onWorker: null }',
    'c.mjs': 'export default () => {}',
  })
  const [a, b, c] = await Promise.all(
    ['a.mjs', 'b.cjs', 'c.mjs'].map((file) => hooksOfModule(project.path(file), silent)),
  )
  expect([a?.onWorker?.({ worker: 1 }), a?.onExit]).toEqual([1, undefined])
  expect([b?.onWorker, b?.onExit?.({ worker: 1 })]).toEqual([undefined, 4])
  expect([c?.onWorker, c?.onExit]).toEqual([undefined, undefined])
})

test.each([
  ['export const onWorker = 3', 'Got the number 3 for onWorker'],
  ["export default { fetch() {}, onExit: 'clean up' }", 'Got the string "clean up" for onExit'],
])('%s is refused', async (source, message) => {
  await using project = createProject({ 'a.mjs': source })
  await expect(hooksOfModule(project.path('a.mjs'), silent)).rejects.toMatchObject({
    code: 'ERR_STAPEL_TARGET',
    message: expect.stringMatching(new RegExp(`^${message} in \\S*a\\.mjs; expected a function\\.$`)),
  })
})

test('what looks like a hook and is none is told', async () => {
  await using project = createProject({
    'a.mjs': `const hook = () => {}
export { hook as onWoker, hook as onexit, hook as onBoot, hook as onStop, hook as onError, hook as worker }
export const onWorkers = 5
`,
  })
  const told: string[] = []
  await hooksOfModule(project.path('a.mjs'), (sentence) => told.push(sentence.replace(/^\S+/, '…')))
  expect(told.sort()).toEqual([
    '… exports onBoot, which is called from a settings file alone: its process does not load the application.',
    '… exports onWoker, which nothing calls; is it onWorker?',
    '… exports onexit, which nothing calls; is it onExit?',
  ])
})
