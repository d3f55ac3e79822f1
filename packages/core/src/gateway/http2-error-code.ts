/**
 * The error codes of HTTP/2 that the gateway sends and reads (RFC 9113 section 7), as `constants` of `node:http2` has them: that module is loaded where HTTP/2 is served,
 * and takes milliseconds of every other start.
 */
export const http2ErrorCode: { readonly noError: 0; readonly internalError: 2; readonly cancel: 8 } = {
  noError: 0,
  internalError: 2,
  cancel: 8,
}
