/**
 * Module hooks for the Node versions that run them in a thread of their own: they tell the main thread what was resolved.
 *
 * @module
 */
import type { ResolveFnOutput, ResolveHookContext } from 'node:module'
import type { MessagePort } from 'node:worker_threads'

/** What the hooks send. */
export type Resolution =
  | { readonly url: string; readonly at: number }
  | { readonly specifier: string; readonly parent: string | undefined; readonly at: number }

type NextResolve = (
  specifier: string,
  context?: Partial<ResolveHookContext>,
) => ResolveFnOutput | Promise<ResolveFnOutput>

let port: MessagePort | undefined

/** Called by Node, once, with what was given to `register`. */
export function initialize(data: { port: MessagePort }): void {
  port = data.port
}

/** Called by Node for every import. */
export async function resolve(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: NextResolve,
): Promise<ResolveFnOutput> {
  try {
    const result = await nextResolve(specifier, context)
    port?.postMessage({ url: result.url, at: Date.now() } satisfies Resolution)
    return result
  } catch (error) {
    port?.postMessage({ specifier, parent: context.parentURL, at: Date.now() } satisfies Resolution)
    throw error
  }
}
