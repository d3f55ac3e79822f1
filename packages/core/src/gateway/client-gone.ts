/** The reason with which the signal of a request is aborted when its client has gone. */
export function clientGone(): DOMException {
  return new DOMException('The client has gone.', 'AbortError')
}
