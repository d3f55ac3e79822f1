export { build as setup } from './stapel-command.test-support.ts'
