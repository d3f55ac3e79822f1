import { reasonPhrases } from './http/status.ts'

/** The sentence that an error of this status says where it is given none: `'There is nothing at this address.'` */
export function defaultDescription(status: number): string {
  return descriptions.get(status) ?? `${reasonPhrases.get(status) ?? 'The request failed'}.`
}

const descriptions: ReadonlyMap<number, string> = new Map([
  [400, 'The server could not understand the request.'],
  [401, 'The request needs valid credentials.'],
  [403, 'Access to this resource is not allowed.'],
  [404, 'There is nothing at this address.'],
  [405, 'This resource does not support the method of the request.'],
  [406, 'The resource cannot be given in a form that the request accepts.'],
  [408, 'The request took too long to arrive.'],
  [409, 'The request conflicts with the current state of the resource.'],
  [410, 'The resource was here and is gone for good.'],
  [411, 'The request needs a Content-Length.'],
  [412, 'A precondition of the request does not hold.'],
  [413, 'The content of the request is larger than the server accepts.'],
  [414, 'The address of the request is longer than the server accepts.'],
  [415, 'The content of the request has a type or coding that the server does not support.'],
  [416, 'The requested range lies outside of the resource.'],
  [417, 'The server cannot do what the Expect header asks for.'],
  [418, 'This server is a teapot, not a coffee machine.'],
  [421, 'This server does not answer for the host of the request.'],
  [422, 'The request was understood, but its content cannot be processed.'],
  [423, 'The resource is locked.'],
  [424, 'The request depends on another one, which failed.'],
  [428, 'The request must be conditional.'],
  [429, 'Too many requests were sent in a short time.'],
  [431, 'The header fields of the request are larger than the server accepts.'],
  [451, 'The resource is not available for legal reasons.'],
  [500, 'The server could not answer the request because of an internal error.'],
  [501, 'The server does not support what the request asks for.'],
  [502, 'The server got no valid answer from another one.'],
  [503, 'The server cannot answer the request for now; try again later.'],
  [504, 'The server got no answer from another one in time.'],
  [505, 'The server does not support the HTTP version of the request.'],
])
