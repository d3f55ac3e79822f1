/**
 * The contract was broken by a piece of code, not by a client: `clause` is the number in `docs/protocol.md`, `layer` the name of the
 * application, middleware or gateway at fault where it is known. A gateway answers it with a 500.
 */
export class ProtocolError extends Error {
  static {
    ProtocolError.prototype.name = 'ProtocolError'
  }
  /** Tells it from other errors. */
  readonly code = 'ERR_STAPEL_PROTOCOL'
  /** What a gateway answers. */
  readonly status = 500
  /** `'3.4'`: the clause that was broken. */
  readonly clause: string
  /** Who broke it: the name of a layer, `undefined` where nobody can tell. */
  readonly layer: string | undefined

  constructor(
    clause: string,
    message: string,
    options: { layer?: string | undefined; cause?: unknown } = {},
  ) {
    const by = options.layer === undefined ? '' : `${options.layer}: `
    const { cause } = options
    super(`${by}${message} (protocol ${clause})`, cause === undefined ? undefined : { cause })
    this.clause = clause
    this.layer = options.layer
  }
}
