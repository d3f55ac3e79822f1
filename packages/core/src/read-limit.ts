/** The most bytes that `stapel.context.read` accepts unless it is told otherwise: 1 MiB. */
export const READ_LIMIT = 1_048_576
