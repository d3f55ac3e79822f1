/** Whether a packet begins a TLS handshake (RFC 8446 section 5.1): a client that was given `https:` where `http:` is spoken. */
export function isTlsHandshake(packet: Uint8Array | undefined): boolean {
  return packet !== undefined && packet[0] === HANDSHAKE && packet[1] === 3
}

/** Whether a handshake failed because it was a request without TLS: a client that was given `http:` where `https:` is spoken. */
export function isPlainRequest(error: Error & { code?: string }): boolean {
  return error.code === 'ERR_SSL_HTTP_REQUEST'
}

/** What stands in the log in place of a request of the other scheme. */
export const TLS_ON_HTTP = '(TLS handshake where HTTP is spoken; --https serves HTTPS)'
export const HTTP_ON_TLS = '(HTTP where HTTPS is spoken; the address begins with https://)'

const HANDSHAKE = 22
