/**
 * The process in which `guardCommand` runs a command.
 *
 * @module
 */
import { runCommand } from './command.ts'

// Without the process that guards it nobody waits for an answer. Listening to that is no reason to go on.
process.on('disconnect', () => process.exit(1))
process.channel?.unref()

process.exit(
  await runCommand(process.argv.slice(2), {
    tell: (message) =>
      new Promise((resolve) => {
        if (process.connected) process.send?.(message, undefined, undefined, () => resolve())
        else resolve()
      }),
  }),
)
