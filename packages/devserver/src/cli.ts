/**
 * What `bin/stapel.js` imports: runs the command.
 *
 * @module
 */
import { startEarly } from './reload/early-child.ts'

const args = process.argv.slice(2)
startEarly(args)
const { runCommand } = await import('./command/command.ts')
process.exit(await runCommand(args))
