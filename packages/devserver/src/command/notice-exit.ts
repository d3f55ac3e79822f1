import { escapeControls } from '../terminal/terminal.ts'
import { output } from './output.ts'

/**
 * What `run` gives. An application that ends this process meanwhile would look like a success, or end without a word: then one line says so on standard error,
 * and the exit code is `code` where the application's own is 0.
 */
export async function noticeExit<T>(target: string, code: number, run: () => Promise<T>): Promise<T> {
  const onExit = (own: number): void => {
    output.err(`stapel: ${escapeControls(target)} has ended the process with exit code ${own}.`)
    if (own === 0) process.exitCode = code
  }
  process.on('exit', onExit)
  try {
    return await run()
  } finally {
    process.off('exit', onExit)
  }
}
