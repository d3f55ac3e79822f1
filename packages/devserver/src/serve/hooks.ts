import type { Hooks, WorkerInfo } from '../command/settings-file.ts'
import { closest } from '../failure/closest.ts'
import { shortPath } from '../failure/failure-text.ts'
import { describeValue, isObject } from '../load/describe-value.ts'
import { importApplication } from '../load/import-application.ts'
import type { Exports } from '../load/module-exports.ts'
import { TargetError } from '../load/target-error.ts'

/** So long a hook may take, in milliseconds. */
export const HOOK_TIMEOUT_MS = 30_000

/**
 * Calls hooks of one name, one after the other, and waits for each. Rejects with what one throws, or with an Error that names it when it takes
 * longer than `limit`.
 */
export async function callHooks<Name extends keyof Hooks>(
  all: readonly Hooks[],
  name: Name,
  info: WorkerInfo | undefined,
  limit: number = HOOK_TIMEOUT_MS,
): Promise<void> {
  for (const hooks of all) {
    const hook = hooks[name] as ((info: WorkerInfo | undefined) => unknown) | undefined
    if (hook !== undefined) await withLimit(hook(info), name, limit)
  }
}

/**
 * The hooks that a module exports, or its default export has. Throws a {@link TargetError} for one that is no function; `notice` gets a sentence about what is
 * exported as if it were one, and is never called.
 */
export async function hooksOfModule(file: string, notice: (sentence: string) => void): Promise<Hooks> {
  const module = await importApplication(file, true)
  const name = shortPath(file)
  const exported: Exports = { ...(isObject(module.default) ? module.default : {}), ...module }
  for (const [key, value] of Object.entries(exported)) {
    if (typeof value !== 'function' || !/^on/i.test(key) || ownHooks.includes(key)) continue
    const sentence = neverCalled(key)
    if (sentence !== undefined) notice(`${name} exports ${key}, ${sentence}`)
  }
  const [onWorker, onExit] = ownHooks.map((key) => checkHook(name, key, exported[key]))
  return { onWorker, onExit } as Hooks
}

/** Gives a hook, or nothing where there is none; throws a {@link TargetError} for what is no function. */
function checkHook(module: string, key: string, value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'function') return value ?? undefined
  throw new TargetError(`Got ${describeValue(value)} for ${key} in ${module}; expected a function.`)
}

/** The hooks that a worker calls. */
const ownHooks: readonly string[] = ['onWorker', 'onExit']

function neverCalled(key: string): string | undefined {
  const meant = closest(key, ['onBoot', ...ownHooks], 2)
  if (meant === undefined) return undefined
  return key === 'onBoot'
    ? 'which is called from a settings file alone: its process does not load the application.'
    : `which nothing calls; is it ${meant}?`
}

async function withLimit(result: unknown, name: string, limit: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} was not done after ${limit} ms.`)), limit)
  })
  try {
    await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
  }
}
