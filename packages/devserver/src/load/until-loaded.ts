import { TargetError } from './target-error.ts'

/** An application that is not loaded after so many milliseconds is told on the terminal. */
export const LOADING_NOTICE_MS = 10_000

/**
 * Waits for a module to be loaded. After {@link LOADING_NOTICE_MS} `notice` gets a sentence; where nothing is left in the process that could end the
 * wait, it rejects with a {@link TargetError}, for Node would end the process without a word of ours.
 */
export async function untilLoaded<T>(
  loading: Promise<T>,
  text: string,
  notice: (sentence: string) => void,
): Promise<T> {
  const timer = setTimeout(() => {
    notice(
      `${text} is still being loaded after ${LOADING_NOTICE_MS / 1000} s; what does it await at its top level?`,
    )
  }, LOADING_NOTICE_MS).unref()
  let idle: (() => void) | undefined
  const stuck = new Promise<never>((_resolve, reject) => {
    idle = () =>
      reject(
        new TargetError(
          `${text} is never loaded: at its top level, or in its factory, it awaits what nothing will settle.`,
        ),
      )
    process.once('beforeExit', idle)
  })
  try {
    return await Promise.race([loading, stuck])
  } finally {
    clearTimeout(timer)
    if (idle !== undefined) process.off('beforeExit', idle)
  }
}
