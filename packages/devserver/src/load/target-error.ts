/** Thrown where the command line names something that the module does not have; the message is one sentence. */
export class TargetError extends Error {
  static {
    TargetError.prototype.name = 'TargetError'
  }
  readonly code: string = 'ERR_STAPEL_TARGET'
}
