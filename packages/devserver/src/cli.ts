/**
 * What `bin/stapel.js` imports: runs the command.
 *
 * @module
 */
import { runCommand } from './command/command.ts'

process.exit(await runCommand(process.argv.slice(2)))
