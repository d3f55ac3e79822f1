import type { Hooks, WorkerInfo } from '../command/settings-file.ts'
import { importApplication } from '../load/import-application.ts'

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

/** The hooks that a module exports, or its default export does; what is no function is none. */
export async function hooksOfModule(file: string): Promise<Hooks> {
  const module = await importApplication(file, true)
  const whole = module.default
  const inner = typeof whole === 'object' && whole !== null ? (whole as typeof module) : {}
  const find = (name: string): unknown =>
    [module[name], inner[name]].find((value) => typeof value === 'function')
  return { onWorker: find('onWorker'), onExit: find('onExit') } as Hooks
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
