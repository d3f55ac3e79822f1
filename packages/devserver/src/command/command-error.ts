/** Why the command cannot go on: one line for the terminal, and the exit code. */
export class CommandError extends Error {
  static {
    CommandError.prototype.name = 'CommandError'
  }
  /** 2: the command line is wrong; 3: the application could not be started for production; 1: what else was asked for failed; others are curl's. */
  readonly exitCode: ExitCode
  /** `'ERR_STAPEL_USAGE'` or `'ERR_STAPEL_START'`. */
  readonly code: string

  constructor(message: string, exitCode: ExitCode, options?: { cause?: unknown }) {
    super(message, options)
    this.exitCode = exitCode
    this.code = exitCode === 2 ? 'ERR_STAPEL_USAGE' : 'ERR_STAPEL_START'
  }
}

/** 18 and 52 are those of `stapel call`: an answer that is not whole, and none. */
type ExitCode = 1 | 2 | 3 | 18 | 52
