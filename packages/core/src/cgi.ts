export { type RunCgiOptions, runCgi } from './gateway/cgi.ts'
