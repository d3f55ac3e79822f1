import type { Output } from '../terminal/reporter.ts'

/** The terminal, or what the command's output is sent to. */
export const output: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
}

/** Writes a text to standard output; resolves when it is written, for a process that ends right after. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve())
  })
}

/** `stapel app.ts | head` ends the reader first, which is no reason to stop serving. */
export function ignoreBrokenPipes(): void {
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
}
