import type { Failure } from '../failure/failure.ts'
import { answerFailure, type FailureAnswer } from '../failure/failure-page.ts'

/**
 * The answer about a failure. With the `version` of the code that fails it is a page that is replaced when that is mended; a text and JSON stay what
 * they are.
 */
export async function answerLiveFailure(
  failure: Failure,
  accept: string | undefined,
  status: number,
  version: string | undefined,
): Promise<FailureAnswer> {
  const answer = answerFailure(failure, accept, status)
  if (version === undefined || !isPage(answer)) return answer
  const [{ pageHeaders }, { insertIntoText }, { scriptElement }] = await Promise.all([
    import('./allow-script.ts'),
    import('./insert-script.ts'),
    import('./live-script.ts'),
  ])
  return { headers: pageHeaders(answer.headers), body: insertIntoText(answer.body, scriptElement(version)) }
}

function isPage({ headers }: FailureAnswer): boolean {
  return headers.some(([name, value]) => name === 'Content-Type' && value.startsWith('text/html'))
}
