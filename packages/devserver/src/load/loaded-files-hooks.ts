/**
 * Module hooks for the Node versions that run them in a thread of their own: they tell the main thread what was resolved.
 *
 * @module
 */
import type { ResolveFnOutput, ResolveHookContext } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import { MISSING, signatureOf } from '../reload/file-signature.ts'

/** What the hooks send. */
export type Resolution =
  /** Without a signature, it is taken when this is read. */
  | { readonly url: string; readonly specifier: string; readonly signature?: string }
  | { readonly specifier: string; readonly parent: string | undefined }

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
    port?.postMessage(resolutionOf(specifier, result.url))
    return result
  } catch (error) {
    port?.postMessage({ specifier, parent: context.parentURL } satisfies Resolution)
    throw error
  }
}

/** The file is looked at here and now: by the time the main thread learns of it, it may have been saved again. */
function resolutionOf(specifier: string, url: string): Resolution {
  return { url, specifier, signature: url.startsWith('file:') ? signatureOf(fileURLToPath(url)) : MISSING }
}
