import { checkApplication } from '../check-application.ts'
import { checkOptions, errorLog, flag, type OptionChecks } from '../check-options.ts'
import type { Application, ErrorLog } from '../protocol.ts'
import { CgiContext } from './cgi-context.ts'
import { createCgiEnviron, refusedCgiEnviron } from './cgi-environ.ts'
import { CgiExchange } from './cgi-exchange.ts'
import { CgiInput } from './cgi-input.ts'

/** How {@link runCgi} answers. */
export interface RunCgiOptions {
  /** `wsgi.errors`, where failures are logged. @default standard error, which the server puts into its log */
  errors?: ErrorLog | undefined
  /**
   * Whether the process ends when the answer is out, whatever the application still has open: a server runs one process for each request, and
   * one that stays is never missed. @default true
   */
  exit?: boolean | undefined
}

/**
 * Answers one request as a CGI script (RFC 3875): environ from the process's environment, the body from standard input up to `CONTENT_LENGTH`,
 * the answer to standard output. Call it once, last, in an executable file whose first line is `#!/usr/bin/env node`.
 *
 * The exit code is 0 when the answer is complete, whatever its status, and 1 when it was cut short; the promise gives it where `exit` is
 * false. `HTTP_PROXY` is taken out of the process's environment, since a client sets it with a header `Proxy`, and HTTP libraries believe it.
 * A server hands on headers with `_` for every `-`: it alone can drop `X_Real_IP`, which poses as `X-Real-IP` (nginx and Apache do).
 * Rejects with a TypeError when `app` is no function and for an unknown option.
 *
 * @example
 * ```ts
 * #!/usr/bin/env node
 * import { runCgi } from '@stapel/core/cgi'
 *
 * await runCgi((environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return `Hello from ${environ.PATH_INFO}`
 * })
 * ```
 */
export async function runCgi(app: Application, options: RunCgiOptions = {}): Promise<number> {
  checkApplication(app)
  checkOptions(options, checks, 'runCgi()')
  const variables = { ...process.env }
  delete process.env.HTTP_PROXY
  const errors = options.errors ?? standardError
  const input = new CgiInput(process.stdin, variables)
  const context = new CgiContext(process.stdout, input)
  let exchange: CgiExchange
  let code: number
  try {
    const environ = createCgiEnviron(variables, input, context, errors)
    exchange = new CgiExchange(process.stdout, context, environ)
    code = await exchange.run(app)
  } catch (error) {
    exchange = new CgiExchange(process.stdout, context, refusedCgiEnviron(variables, errors))
    code = await exchange.refuse(error)
  }
  process.exitCode = code
  // What is unread of the body is the server's business; a pipe that is listened to keeps the process.
  process.stdin.destroy()
  if (options.exit !== false) process.exit(code)
  return code
}

const checks: OptionChecks<RunCgiOptions> = { errors: errorLog, exit: flag }

const standardError: ErrorLog = {
  write: (text) => void process.stderr.write(text),
  flush: () => {},
}
