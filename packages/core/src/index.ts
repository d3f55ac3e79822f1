export {
  type Abort,
  type AbortArguments,
  abort,
  createAbort,
  type HTTPErrorClass,
  type StandardErrors,
} from './abort.ts'
export { isFetchResponse, respondWithFetch } from './adapter/fetch-response.ts'
export type { ConnectionContext } from './adapter/node-connection.ts'
export type { ApplicationWith } from './application-with.ts'
export {
  type ChunkIterator,
  collect,
  concat,
  dispose,
  isChunk,
  isPromise,
  iterate,
  release,
  toBytes,
  withClose,
} from './body.ts'
export { BodySource, closingIterator } from './body-source.ts'
export { selectPieces } from './byte-ranges-body.ts'
export { FilePieces, PIECE_READ_SIZE } from './byte-ranges-file.ts'
export { type Answer, capture } from './capture.ts'
export { COPY_LIMIT, copyWithout } from './copy-without.ts'
export { type ErrorForm, errorForm } from './error-answer.ts'
export { FileTruncated } from './file-truncated.ts'
export type * from './file-wrapper.ts'
export { environKey, type HeaderKey } from './gateway/environ-key.ts'
export { checkHeaders, parseStatus, type StatusParts } from './head.ts'
export { HTTPError, type HTTPErrorOptions, isHTTPError, type Responder, withMissing } from './http-error.ts'
export * from './http-errors.ts'
export { type ErrorHandler, onError } from './on-error.ts'
export { type Outline, type Outlined, type OutlineNode, outline, outlineSymbol } from './outline.ts'
export type { OutlineRow } from './outline-table.ts'
export type { ProblemDetails, ProblemMembers } from './problem-details.ts'
export type * from './protocol.ts'
export { ProtocolError } from './protocol-error.ts'
export { readableInput } from './readable-input.ts'
export { formatError, reportTo } from './report.ts'
export { sendAnswer } from './send-answer.ts'
export { stack } from './stack.ts'
export { toHTTPError } from './to-http-error.ts'
export {
  type Refuse,
  TRACE_LIMIT,
  type Trace,
  type TracedOptions,
  type TracedRule,
  traced,
  traceOf,
} from './trace.ts'
export { type AnswerEdit, transform } from './transform.ts'
export { type ValidateOptions, validate } from './validate.ts'
export type * from './websocket.ts'
export * as wholeBody from './whole-body.ts'
