import type { Status } from '../protocol.ts'

/** The reason phrases of RFC 9110 section 15 and the registry, by status code. */
export const reasonPhrases: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [203, 'Non-Authoritative Information'],
  [204, 'No Content'],
  [205, 'Reset Content'],
  [206, 'Partial Content'],
  [207, 'Multi-Status'],
  [208, 'Already Reported'],
  [226, 'IM Used'],
  [300, 'Multiple Choices'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [305, 'Use Proxy'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [418, "I'm a Teapot"],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Content'],
  [423, 'Locked'],
  [424, 'Failed Dependency'],
  [425, 'Too Early'],
  [426, 'Upgrade Required'],
  [428, 'Precondition Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
  [506, 'Variant Also Negotiates'],
  [507, 'Insufficient Storage'],
  [508, 'Loop Detected'],
  [511, 'Network Authentication Required'],
])

const statusLines = new Map<number, Status>(
  [...reasonPhrases].map(([code, reason]) => [code, `${code} ${reason}`]),
)

/**
 * The protocol's form of a status code: `statusLine(404)` is `'404 Not Found'`; a code without a registered reason gets an empty one.
 *
 * Throws a RangeError for anything but an integer from 200 to 999.
 */
export function statusLine(code: number): Status {
  const known = statusLines.get(code)
  if (known !== undefined) return known
  if (!Number.isInteger(code) || code < 200 || code > 999) {
    throw new RangeError(`Got the status ${String(code)}; expected an integer from 200 to 999.`)
  }
  return `${code} `
}

/** Whether an answer of this status has no content on the wire: 1xx, 204, 205 and 304 (RFC 9110 sections 6.4.1 and 15). */
export function isEmptyStatus(code: number): boolean {
  return code === 204 || code === 304 || code === 205 || code < 200
}
